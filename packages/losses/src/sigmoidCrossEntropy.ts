import * as tf from '@tensorflow/tfjs-core';
import type { LossOptions } from './Loss.js';
import { rowLoss } from './rowLoss.js';
import { sigmoids } from './sigmoids.js';

/**
 * Cross-entropy of a sigmoid for each class,
 *
 *     BCE = −Σ (t log σ(y) + (1 − t) log σ(−y)),
 *
 * summed over the classes of a row, then the mean over rows. Each class is a question of its own, so
 * a row may name several (`mixLabels` with the rule `multi`), none, or shares of them.
 *
 * Value and gradient, σ(y) − t, are finite for every finite logit and exact at both ends. A NaN logit
 * gives a NaN loss. Labels are constants: no gradient reaches them.
 *
 * In `model.compile({ loss: sigmoidCrossEntropy })` the model's last layer has no sigmoid; start the
 * biases of that layer at −log(K − 1), or K − 1 wrong questions outweigh the right one at first.
 *
 * @param yTrue Labels, `[B, K]`, each from 0 to 1.
 * @param logits What the model says before any sigmoid, `[B, K]`.
 * @returns A scalar, or `[B]` with `reduction: 'none'`, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { sigmoidCrossEntropy } from '@bcl/losses';
 *
 * const bothOfThree = tf.tensor2d([[1, 0, 1]]);
 * sigmoidCrossEntropy(bothOfThree, tf.tensor2d([[1e4, -1e4, 1e4]])).dataSync(); // => [0]
 * sigmoidCrossEntropy(bothOfThree, tf.tensor2d([[-8, -1e4, 1e4]])).dataSync(); // => [8.000335]
 * ```
 *
 * @see Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", arXiv:1901.05555,
 * section 4.2, where K − 1 of K questions are answered no.
 */
export function sigmoidCrossEntropy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  options?: LossOptions<'mean'>,
): tf.Scalar;
export function sigmoidCrossEntropy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  options: LossOptions<'none'>,
): tf.Tensor1D;
export function sigmoidCrossEntropy(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  { reduction = 'mean' }: LossOptions = {},
): tf.Tensor {
  return rowLoss('sigmoidCrossEntropy', yTrue, logits, reduction, {
    value: (t, y) => tf.sum(binaryCrossEntropy(t, y), 1),
    gradient: (t, y) => tf.sub(sigmoids(y).yes, t),
  });
}

/** The loss of each question, `[B, K]`. Both terms are positive, so none cancels the other. */
function binaryCrossEntropy(t: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D {
  const { costOfYes, costOfNo } = sigmoids(y);
  return tf.add(tf.mul(t, costOfYes), tf.mul(tf.sub(1, t), costOfNo));
}
