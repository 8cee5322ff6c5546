import * as tf from '@tensorflow/tfjs-core';
import type { LossOptions } from './Loss.js';
import { softmaxLoss } from './softmaxLoss.js';

/** The smallest normal float32. Below it t · log t is 0 to float32, and a GPU's log t may be −∞. */
const SMALLEST_NORMAL = 2 ** -126;

/**
 * Kullback-Leibler divergence of softmax(logits) from soft labels t, the loss of between-class
 * learning,
 *
 *     KL = Σ t (log t − log softmax(y)),   0 · log 0 = 0,
 *
 * per row, then the mean over rows. It differs from cross-entropy by the entropy of the labels:
 * same gradient, but 0 is reached when the model says exactly the ratio.
 *
 * Value and gradient are finite for every finite logit and for zero targets. Rows of labels that
 * do not sum to 1 are taken as they are. A NaN logit gives a NaN loss. Labels are constants: no
 * gradient reaches them.
 *
 * In `model.compile({ loss: klDivergence })` the model's last layer has no softmax.
 *
 * @param yTrue Labels, `[B, K]`, rows over classes.
 * @param logits What the model says before any softmax, `[B, K]`.
 * @returns A scalar, or `[B]` with `reduction: 'none'`, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { klDivergence } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[0.5, 0.5, 0, 0]]);
 * const logits = tf.tensor2d([[1e4, 1e4, 0, -1e4]]);
 * klDivergence(labels, logits).dataSync(); // => [0]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284, section 3.1.
 */
export function klDivergence(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  options?: LossOptions<'mean'>,
): tf.Scalar;
export function klDivergence(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  options: LossOptions<'none'>,
): tf.Tensor1D;
export function klDivergence(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  { reduction = 'mean' }: LossOptions = {},
): tf.Tensor {
  return softmaxLoss('klDivergence', yTrue, logits, reduction, {
    value: (t, logP) => {
      const positive = tf.greaterEqual(t, SMALLEST_NORMAL);
      const logT = tf.log(tf.where(positive, t, tf.onesLike(t)));
      return tf.sum<tf.Tensor1D>(tf.mul(t, tf.sub(logT, logP)), 1);
    },
    entropy: true,
  });
}
