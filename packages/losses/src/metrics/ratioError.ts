import * as tf from '@tensorflow/tfjs-core';
import { overRows } from './overRows.js';

/**
 * How far the ratio that the model says is from that of the mix, in the mean over the rows of
 * exactly two classes a and b:
 *
 *     |r̂ − r|,   r = t_a / (t_a + t_b),   r̂ = p_a / (p_a + p_b) = σ(y_a − y_b).
 *
 * It looks at the two alone: what the model gives to other classes shows in its likelihood. Who
 * always says a half has 0.25 on ratios that are drawn evenly.
 *
 * @param yTrue Labels, `[B, K]`.
 * @param logits `[B, K]`.
 * @returns A scalar from 0 to 1, owned by the caller; NaN when no row has two classes. The inputs are
 * kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { ratioError } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[0.75, 0.25, 0], [1, 0, 0]]);
 * ratioError(labels, tf.zeros([2, 3])).dataSync(); // => [0.25]
 * ```
 */
export function ratioError(yTrue: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return overRows('ratioError', yTrue, logits, ({ ratioError: errors, classes }) => {
    const pairs = tf.cast(tf.equal(classes, 2), 'float32');
    return tf.div<tf.Scalar>(tf.sum(tf.mul(errors, pairs)), tf.sum(pairs));
  });
}
