import * as tf from '@tensorflow/tfjs-core';
import { checkRows } from '../rowLoss.js';
import { overRows } from './overRows.js';

export interface TopKOptions {
  /** How many classes the model may name; 1 unless told. */
  readonly k?: number;
}

/**
 * Share of the rows whose label is among the k strongest logits. The label of a soft row is the class of
 * its largest share, so on mixed rows and with k = 1 this is the authors' training accuracy.
 *
 * @param yTrue Labels, `[B, K]`.
 * @param logits `[B, K]`.
 * @returns A scalar from 0 to 1, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit or k is no whole number from 1 to K.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { topKAccuracy } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[1, 0, 0], [0.25, 0.75, 0]]);
 * const logits = tf.tensor2d([[3, 1, 2], [5, 4, 0]]);
 * topKAccuracy(labels, logits).dataSync(); // => [0.5]
 * topKAccuracy(labels, logits, { k: 2 }).dataSync(); // => [1]
 * ```
 */
export function topKAccuracy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  { k = 1 }: TopKOptions = {},
): tf.Scalar {
  checkRows('topKAccuracy', yTrue, logits);
  const classes = logits.shape[1] as number;
  if (!Number.isInteger(k) || k < 1 || k > classes) {
    throw new RangeError(
      `topKAccuracy: k must be a whole number from 1 to the ${classes} classes, got ${k}`,
    );
  }
  return overRows('topKAccuracy', yTrue, logits, ({ rank }) =>
    tf.mean<tf.Scalar>(tf.cast(tf.less(rank, k), 'float32')),
  );
}
