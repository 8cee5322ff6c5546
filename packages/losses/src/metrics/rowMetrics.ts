import * as tf from '@tensorflow/tfjs-core';
import { type Column, overRows } from './overRows.js';

/** Columns of `rowMetrics`, in their order. */
export const columns: readonly Column[] = [
  'truth',
  'said',
  'rank',
  'nll',
  'confidence',
  'share',
  'classes',
  'ratioError',
];

/**
 * All that the metrics here need to know of each row, so that a batch is read back in one go, or summed
 * up later by `Metrics`.
 *
 * | column | |
 * | --- | --- |
 * | 0 `truth` | the class of the largest share; of equal ones, that which the model puts first |
 * | 1 `said` | the class of the strongest logit |
 * | 2 `rank` | how many classes the model puts before `truth`; of equal logits the first counts as stronger |
 * | 3 `nll` | −Σ t log softmax(y) |
 * | 4 `confidence` | probability of `said` |
 * | 5 `share` | share of `said` in the row, its part of Σ t: the chance of being right |
 * | 6 `classes` | classes with a share above 0 |
 * | 7 `ratioError` | \|r̂ − r\| of the two largest shares a, b: r = t_a / (t_a + t_b), r̂ = p_a / (p_a + p_b) = σ(y_a − y_b) |
 *
 * A row with a NaN logit has its truth last.
 *
 * @param yTrue Labels, `[B, K]`, rows over classes with a sum above 0.
 * @param logits What the model says before any softmax, `[B, K]`.
 * @returns `[B, 8]` float32, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { rowMetrics } from '@bcl/losses';
 *
 * const mix = tf.tensor2d([[0.75, 0.25, 0]]);
 * const rows = rowMetrics(mix, tf.log(tf.tensor2d([[0.2, 0.2, 0.6]])));
 * rows.dataSync(); // => [0, 2, 1, 1.6094379, 0.6, 0, 2, 0.25]
 * ```
 */
export function rowMetrics(yTrue: tf.Tensor, logits: tf.Tensor): tf.Tensor2D {
  return overRows('rowMetrics', yTrue, logits, (parts) =>
    tf.stack(
      columns.map((name) => tf.cast(parts[name], 'float32')),
      1,
    ),
  ) as tf.Tensor2D;
}
