import * as tf from '@tensorflow/tfjs-core';
import { checkPaste, paste } from './boxes.js';

/**
 * Pastes a box of each second image into the first, in the same place, as CutMix does. Labels are mixed by
 * the area: by the `ratio` that {@link drawBoxes} gives with its boxes.
 *
 * @param x1 First images, `[B, H, W, C]`.
 * @param x2 Second images, the shape of `x1`.
 * @param box Top, left, bottom, right of each box, the last two outside it, `[B, 4]`, row-major.
 * @returns Mixed images, the shape of `x1`, float32, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes differ or the boxes do not fit them.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { cutMix } from '@bcl/mixing';
 *
 * const x1 = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * const x2 = tf.tensor4d([5, 6, 7, 8], [1, 2, 2, 1]);
 * cutMix(x1, x2, [0, 1, 2, 2]).dataSync(); // => [1, 6, 3, 8]
 * ```
 *
 * @see Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features",
 * arXiv:1905.04899.
 */
export function cutMix<T extends tf.Tensor>(x1: T, x2: T, box: ArrayLike<number>): T {
  checkPaste('cutMix', x1, x2, box);
  return tf.tidy(() => paste(tf.cast(x1, 'float32'), tf.cast(x2, 'float32'), box));
}
