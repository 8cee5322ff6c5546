import type * as tf from '@tensorflow/tfjs-core';
import { betweenClass } from './betweenClass.js';
import { checkMix } from './checks.js';
import type { Ratio } from './ratio.js';

/**
 * Mixes two batches of images as between-class learning does with its BC+ rule,
 *
 *     x = (p (x1 − μ1) + q (x2 − μ2)) / sqrt(p² + q²),   p = r σ2 / (r σ2 + (1 − r) σ1),   q = 1 − p
 *
 * where μ and σ are the mean and standard deviation of one image, all channels together. Images are
 * treated as waves: `r` is the share of `x1` in perceived strength rather than in pixel value, and
 * the root leaves the mix as strong as one image, as for two unrelated waves. The label is mixed by
 * r, never by p.
 *
 * A model trained on these has never seen an image that kept its mean: take it from the images that
 * you evaluate, too.
 *
 * @param x1 First images, `[B, …]`, rank 2 or more, preprocessed; each loses its own mean here.
 * @param x2 Second images, the shape of `x1`.
 * @param ratio r, the share of `x1`, from 0 to 1: a number, or `[B]` as array or tensor.
 * @returns Mixed images, the shape of `x1`, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes differ or the ratio does not fit them.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { bcPlus } from '@bcl/mixing';
 *
 * const x1 = tf.tensor4d([-1, 1], [1, 1, 2, 1]);
 * const x2 = tf.tensor4d([-2, 2], [1, 1, 2, 1]);
 * bcPlus(x1, x2, [1]).dataSync(); // => [-1, 1]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284, equation 6; {@link betweenClass} for its parts.
 */
export function bcPlus<T extends tf.Tensor>(x1: T, x2: T, ratio: Ratio): T {
  checkMix('bcPlus', x1, x2, ratio);
  return betweenClass(x1, x2, ratio, { zeroMean: true, keepEnergy: true, balance: true });
}
