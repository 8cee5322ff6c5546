import type * as tf from '@tensorflow/tfjs-core';
import { betweenClass } from './betweenClass.js';
import { checkMix } from './checks.js';
import type { Ratio } from './ratio.js';

/**
 * Mixes two batches of examples as between-class learning does with its BC rule,
 *
 *     x = r x1 + (1 − r) x2
 *
 * @param x1 First examples, `[B, …]`, rank 2 or more.
 * @param x2 Second examples, the shape of `x1`.
 * @param ratio r, the share of `x1`, from 0 to 1: a number, or `[B]` as array or tensor.
 * @returns Mixed examples, the shape of `x1`, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes differ or the ratio does not fit them.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { bc } from '@bcl/mixing';
 *
 * const x1 = tf.tensor2d([[4, 8]]);
 * const x2 = tf.tensor2d([[0, 4]]);
 * bc(x1, x2, 0.25).dataSync(); // => [1, 5]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284, equation 3.
 */
export function bc<T extends tf.Tensor>(x1: T, x2: T, ratio: Ratio): T {
  checkMix('bc', x1, x2, ratio);
  return betweenClass(x1, x2, ratio);
}
