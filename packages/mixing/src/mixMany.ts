import * as tf from '@tensorflow/tfjs-core';
import type { BetweenClassOptions } from './betweenClass.js';
import { checkSameShapes } from './checks.js';
import { checkShares, type Shares, shareColumns } from './shares.js';
import { asRows, balancedMany, centred, spread } from './waves.js';

/**
 * Mixes several batches example by example: {@link betweenClass} for any number n of them,
 *
 *     x = Σ pi (xi − μi) / sqrt(Σ p²),   pi ∝ ri / σi,   Σ p = 1
 *
 * with μ and σ as there. Without `zeroMean` there is no μ, without `keepEnergy` no root, and without
 * `balance` pi is ri. The paper mixes three (N = 3) and gives the formula for two, which this is at n = 2.
 *
 * Flat examples (σ = 0) count as in the limit: those of a share above 0 get the whole of p, each as its
 * share among them, and leave nothing of the others.
 *
 * @param xs Batches of one shape, `[B, …]`, rank 2 or more; at least one.
 * @param shares r, the shares of each mix, rows that sum to 1, `[B, n]`: arrays or a tensor.
 * @returns Mixed examples, the shape of each of `xs`, float32, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes differ or the shares do not fit them.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { mixMany } from '@bcl/mixing';
 *
 * const xs = [[[4, 0]], [[0, 4]], [[8, 8]]].map((x) => tf.tensor2d(x));
 * mixMany(xs, [[0.5, 0.25, 0.25]]).dataSync(); // => [4, 3]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284, section 4.3, "N = 3".
 */
export function mixMany<T extends tf.Tensor>(
  xs: readonly T[],
  shares: Shares,
  { zeroMean = false, keepEnergy = false, balance = false }: BetweenClassOptions = {},
): T {
  checkSameShapes('mixMany', xs);
  const [{ shape }] = xs as [T];
  checkShares('mixMany', shares, shape[0] as number, xs.length);
  return tf.tidy(() => {
    const r = shareColumns(shares, xs.length);
    const rows = xs.map(asRows);
    const waves = zeroMean || balance ? rows.map(centred) : rows;

    let p = balance ? balancedMany(r, waves.map(spread)) : r;
    if (keepEnergy) {
      const norm = tf.sqrt(tf.addN(p.map((share) => tf.square<tf.Tensor2D>(share))));
      p = p.map((share) => tf.div(share, norm));
    }
    const parts = zeroMean ? waves : rows;
    return tf.reshape(
      tf.addN(p.map((share, i) => tf.mul(share, parts[i] as tf.Tensor))),
      shape,
    ) as T;
  });
}
