import * as tf from '@tensorflow/tfjs-core';
import { overRows } from './overRows.js';

/**
 * Share of the mixed rows, those of two classes or more, whose strongest logit is the class with
 * the largest share.
 *
 * @param yTrue Labels, `[B, K]`.
 * @param logits `[B, K]`.
 * @returns A scalar from 0 to 1, owned by the caller; NaN when no row is mixed. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { largerShareAgreement } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[0.6, 0.4], [0.3, 0.7], [1, 0]]);
 * const logits = tf.tensor2d([[2, 1], [2, 1], [1, 2]]);
 * largerShareAgreement(labels, logits).dataSync(); // => [0.5]
 * ```
 */
export function largerShareAgreement(yTrue: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return overRows('largerShareAgreement', yTrue, logits, ({ rank, classes }) => {
    const mixed = tf.cast(tf.greater(classes, 1), 'float32');
    const hits = tf.mul(tf.cast(tf.equal(rank, 0), 'float32'), mixed);
    return tf.div<tf.Scalar>(tf.sum(hits), tf.sum(mixed));
  });
}
