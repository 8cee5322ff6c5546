import * as tf from '@tensorflow/tfjs-core';
import { counts } from './confusionMatrix.js';
import { overRows } from './overRows.js';

/**
 * Accuracy on the rows of each class, by the confusion matrix: its diagonal over the sums of its rows.
 *
 * @param yTrue Labels, `[B, K]`.
 * @param logits `[B, K]`.
 * @returns `[K]` from 0 to 1, NaN for classes without rows; owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { perClassAccuracy } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[1, 0], [0, 1], [0, 1]]);
 * const logits = tf.tensor2d([[2, 1], [2, 1], [1, 2]]);
 * perClassAccuracy(labels, logits).dataSync(); // => [1, 0.5]
 * ```
 */
export function perClassAccuracy(yTrue: tf.Tensor, logits: tf.Tensor): tf.Tensor1D {
  return overRows('perClassAccuracy', yTrue, logits, (columns) => {
    const matrix = counts(columns, logits.shape[1] as number);
    const right = tf.sum(tf.mul(matrix, tf.eye(matrix.shape[0])), 1);
    return tf.div<tf.Tensor1D>(right, tf.sum(matrix, 1));
  });
}
