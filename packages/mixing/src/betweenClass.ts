import * as tf from '@tensorflow/tfjs-core';
import { checkMix } from './checks.js';
import { type Ratio, ratioColumn } from './ratio.js';
import { asRows, balanced, centred, spread } from './waves.js';

export interface BetweenClassOptions {
  /** (a) Takes from each example its own mean, over all but the batch axis. Default false. */
  readonly zeroMean?: boolean;
  /** (b) Divides by sqrt(p² + q²), so that the mix is as strong as one example. Default false. */
  readonly keepEnergy?: boolean;
  /** (c) Mixes by perceived strength: p from r and both standard deviations. Default false. */
  readonly balance?: boolean;
}

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
  { zeroMean = false, keepEnergy = false, balance = false }: BetweenClassOptions = {},
): T {
  checkMix('betweenClass', x1, x2, ratio);
  return tf.tidy(() => {
    const r = ratioColumn(ratio, x1.shape[0] as number);
    const [rows1, rows2] = [asRows(x1), asRows(x2)];
    const ownMean = zeroMean || balance;
    const [wave1, wave2] = ownMean ? [centred(rows1), centred(rows2)] : [rows1, rows2];

    let [p, q] = balance ? balanced(r, spread(wave1), spread(wave2)) : [r, tf.sub(1, r)];
    if (keepEnergy) {
      const norm = tf.sqrt(tf.add(tf.square(p), tf.square(q)));
      [p, q] = [tf.div(p, norm), tf.div(q, norm)];
    }
    const [a, b] = zeroMean ? [wave1, wave2] : [rows1, rows2];
    return tf.reshape(tf.add(tf.mul(p, a), tf.mul(q, b)), x1.shape) as T;
  });
}
