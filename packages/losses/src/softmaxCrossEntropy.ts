import * as tf from '@tensorflow/tfjs-core';
import type { LossOptions } from './Loss.js';
import { softmaxLoss } from './softmaxLoss.js';

/**
 * Cross-entropy of softmax(logits) against soft labels t,
 *
 *     CE = −Σ t log softmax(y),
 *
 * per row, then the mean over rows. Labels are rows: one-hot, mixed, smoothed or counted.
 *
 * Value and gradient are finite for every finite logit and for zero targets. Rows of labels that
 * do not sum to 1 are taken as they are. A NaN logit gives a NaN loss. Labels are constants: no
 * gradient reaches them.
 *
 * In `model.compile({ loss: softmaxCrossEntropy })` the model's last layer has no softmax.
 *
 * @param yTrue Labels, `[B, K]`, rows over classes.
 * @param logits What the model says before any softmax, `[B, K]`.
 * @returns A scalar, or `[B]` with `reduction: 'none'`, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { softmaxCrossEntropy } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[0, 1], [1, 0]]);
 * const logits = tf.tensor2d([[-200, 0], [-200, 0]]);
 * softmaxCrossEntropy(labels, logits).dataSync(); // => [100]
 * softmaxCrossEntropy(labels, logits, { reduction: 'none' }).dataSync(); // => [0, 200]
 * ```
 */
export function softmaxCrossEntropy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  options?: LossOptions<'mean'>,
): tf.Scalar;
export function softmaxCrossEntropy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  options: LossOptions<'none'>,
): tf.Tensor1D;
export function softmaxCrossEntropy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  { reduction = 'mean' }: LossOptions = {},
): tf.Tensor {
  return softmaxLoss('softmaxCrossEntropy', yTrue, logits, reduction, {
    value: (t, logP) => tf.sum<tf.Tensor1D>(tf.mul(t, tf.neg(logP)), 1),
    entropy: false,
  });
}
