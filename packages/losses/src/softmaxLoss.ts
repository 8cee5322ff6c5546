import * as tf from '@tensorflow/tfjs-core';
import type { Reduction } from './Loss.js';
import { logSoftmax } from './logSoftmax.js';
import { rowLoss } from './rowLoss.js';

/**
 * A loss of softmax against soft rows t whose gradient is that of cross-entropy,
 *
 *     d/dy = softmax(y) Σt − t.
 *
 * @param value The loss of each row, `[B]`, from targets and log softmax, both `[B, K]`.
 */
export function softmaxLoss(
  name: string,
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  reduction: Reduction,
  value: (targets: tf.Tensor2D, logProbabilities: tf.Tensor2D) => tf.Tensor1D,
): tf.Tensor {
  return rowLoss(name, yTrue, logits, reduction, {
    value: (t, y) => value(t, logSoftmax(y)),
    gradient: (t, y) => tf.sub(tf.mul(tf.exp(logSoftmax(y)), tf.sum(t, 1, true)), t),
  });
}
