import * as tf from '@tensorflow/tfjs-core';
import { checkPaste, paste } from './boxes.js';

/**
 * Shrinks each second image into a box of the first, as ResizeMix does: the whole of it is seen, and no
 * label speaks of what was cut away. Labels are mixed by the area: by the `ratio` that {@link drawBoxes}
 * gives with its boxes.
 *
 * Bilinear, pixel centres on pixel centres, without averaging over what lies between. No gradient
 * reaches the second images.
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
 * import { resizeMix } from '@bcl/mixing';
 *
 * const x1 = tf.zeros([1, 2, 2, 1]);
 * const x2 = tf.tensor4d([5, 6, 7, 8], [1, 2, 2, 1]);
 * resizeMix(x1, x2, [0, 1, 1, 2]).dataSync(); // => [0, 6.5, 0, 0]
 * ```
 *
 * @see Qin et al., "ResizeMix: Mixing Data with Preserved Object Information and True Labels",
 * arXiv:2012.11101.
 */
export function resizeMix<T extends tf.Tensor>(x1: T, x2: T, box: ArrayLike<number>): T {
  checkPaste('resizeMix', x1, x2, box);
  const [count = 0, height = 0, width = 0] = x1.shape;
  return tf.tidy(() => {
    const windows = Array.from({ length: count }, (_, i) => {
      const [top = 0, left = 0, bottom = 0, right = 0] = Array.from(
        { length: 4 },
        (_, k) => box[4 * i + k],
      );
      const [y1, y2] = sourceOf(height, top, bottom);
      const [x1, x2] = sourceOf(width, left, right);
      return [y1, x1, y2, x2];
    });
    const shrunk = tf.image.cropAndResize(
      tf.cast(x2, 'float32') as tf.Tensor as tf.Tensor4D,
      tf.tensor2d(windows.flat(), [count, 4]),
      tf.range(0, count, 1, 'int32'),
      [height, width],
    );
    return paste(tf.cast(x1, 'float32'), shrunk as tf.Tensor as T, box);
  });
}

/**
 * Where in a side of `n` source pixels, as cropAndResize counts it (0 the first pixel, 1 the last), the
 * first and the last of `n` pixels read, when the source is shrunk into from..to.
 */
function sourceOf(n: number, from: number, to: number): [number, number] {
  const step = n / Math.max(1, to - from);
  const source = (pixel: number) => (pixel - from + 0.5) * step - 0.5;
  const last = Math.max(1, n - 1);
  return [source(0) / last, source(n - 1) / last];
}
