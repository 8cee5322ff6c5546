import * as tf from '@tensorflow/tfjs-core';
import { checkSameShapes } from './checks.js';
import { checkLabelRule, type MixLabelsOptions } from './mixLabels.js';
import { checkShares, type Shares, shareColumns } from './shares.js';

/**
 * Mixes several batches of labels, as {@link mixLabels} does two. By rule,
 *
 * - `ratio`: t = Σ ri yi;
 * - `single`: t = the yi of the largest ri, the last of equals;
 * - `multi`: t = Σ yi over those of a share above 0, at most 1 for each class.
 *
 * @param ys Labels of one shape, `[B, K]`, rows over classes; at least one.
 * @param shares r, the shares of each mix, rows that sum to 1, `[B, n]`: arrays or a tensor.
 * @returns Mixed labels, the shape of each of `ys`, float32, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes differ, the shares do not fit them or the rule is unknown.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { mixManyLabels } from '@bcl/mixing';
 *
 * const [cat, dog, fox] = [0, 1, 2].map((k) => tf.oneHot([k], 3));
 * mixManyLabels([cat, dog, fox], [[0.25, 0.25, 0.5]]).dataSync(); // => [0.25, 0.25, 0.5]
 * ```
 */
export function mixManyLabels<T extends tf.Tensor>(
  ys: readonly T[],
  shares: Shares,
  { rule = 'ratio' }: MixLabelsOptions = {},
): T {
  checkSameShapes('mixManyLabels', ys);
  const [{ shape }] = ys as [T];
  checkShares('mixManyLabels', shares, shape[0] as number, ys.length);
  checkLabelRule('mixManyLabels', rule);
  return tf.tidy(() => {
    const each = shape.map((side, axis) => (axis === 0 ? side : 1));
    const r = shareColumns(shares, ys.length).map((column) => tf.reshape(column, each));
    const rows = ys.map((y) => tf.cast(y, 'float32'));
    const weighted = (by: tf.Tensor[]) =>
      tf.addN(rows.map((row, i) => tf.mul<T>(by[i] as tf.Tensor, row)));
    if (rule === 'ratio') return weighted(r);
    if (rule === 'multi') return tf.minimum<T>(weighted(r.map((share) => tf.step(share))), 1);
    return weighted(
      lastLargest(shareColumns(shares, ys.length)).map((own) => tf.reshape(own, each)),
    );
  });
}

/** 1 for the largest of each row and 0 for the others, the last of equals, as columns `[B, 1]`. */
function lastLargest(columns: tf.Tensor2D[]): tf.Tensor2D[] {
  const fromLast = tf.argMax(tf.concat([...columns].reverse(), 1), 1);
  const place = tf.reshape(fromLast, [-1, 1]);
  return columns.map((_, i) => tf.cast(tf.equal(place, columns.length - 1 - i), 'float32'));
}
