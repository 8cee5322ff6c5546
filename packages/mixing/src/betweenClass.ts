import type * as tf from '@tensorflow/tfjs-core';
import { checkMix } from './checks.js';
import { type BetweenClassOptions, mixWaves } from './mixWaves.js';
import type { Ratio } from './ratio.js';

export type { BetweenClassOptions };

/**
 * Mixes two batches example by example: every rule of between-class learning is a setting of
 *
 *     x = (p (x1 − μ1) + q (x2 − μ2)) / sqrt(p² + q²),   p = r σ2 / (r σ2 + (1 − r) σ1),   q = 1 − p
 *
 * where μ and σ are the mean and the population standard deviation of one example, all pixels and
 * channels together. Without `zeroMean` there is no μ, without `keepEnergy` no root, and without
 * `balance` p is r. All off is BC, all on BC+. `keepEnergy` with `balance` is the authors' released
 * BC+, which takes the mean away earlier, when it normalises the images.
 *
 * Neither r nor a σ divides in this form of p, and 0/0 is r. One flat example counts as in the limit:
 * it gets the whole of p and leaves nothing of the other, unless r is 0 or 1.
 *
 * @param x1 First examples, `[B, …]`, rank 2 or more.
 * @param x2 Second examples, the shape of `x1`.
 * @param ratio r, the share of `x1`, from 0 to 1: a number, or `[B]` as array or tensor.
 * @returns Mixed examples, the shape of `x1`, float32, owned by the caller. The inputs are kept.
 * Gradients reach `x1`, `x2` and a ratio that is a tensor; they are finite for flat examples too.
 * @throws RangeError when the shapes differ or the ratio does not fit them.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { betweenClass } from '@bcl/mixing';
 *
 * const x1 = tf.tensor2d([[1, 3], [5, 5]]);
 * const x2 = tf.tensor2d([[0, 4], [1, 3]]);
 * betweenClass(x1, x2, [0.5, 1], { zeroMean: true }).dataSync(); // => [-1.5, 1.5, 0, 0]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, "Between-class Learning for Image Classification",
 * arXiv:1711.10284, equations 3 to 6 and table 4; the authors' code,
 * mil-tokyo/bc_learning_image, dataset.py. Theirs divides by r; multiplied through, the same p
 * needs no care at r = 0.
 */
export function betweenClass<T extends tf.Tensor>(
  x1: T,
  x2: T,
  ratio: Ratio,
  options: BetweenClassOptions = {},
): T {
  checkMix('betweenClass', x1, x2, ratio);
  return mixWaves(x1, x2, ratio, options);
}
