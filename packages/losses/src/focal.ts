import * as tf from '@tensorflow/tfjs-core';
import type { ConfiguredLoss } from './Loss.js';
import { makeLoss } from './makeLoss.js';
import { rowLoss } from './rowLoss.js';
import { type Sigmoids, sigmoids } from './sigmoids.js';

export interface FocalOptions {
  /** How strongly easy examples are set aside, from 0 (not at all); 0.5, 1 and 2 in the paper. */
  readonly gamma: number;
}

/**
 * Makes the focal loss on sigmoids: cross-entropy that counts less where the answer is right already,
 *
 *     FL = Σ m b,   b = −t log σ(y) − (1 − t) log σ(−y),
 *     m = exp(−γ (t y + log(1 + e^−y))),
 *
 * so m is (1 − σ(y))^γ where t is 1 and σ(y)^γ where t is 0. Summed over the classes of a row, then
 * the mean over rows; with γ = 0 it is `sigmoidCrossEntropy`. As published, log(1 + e^−y)
 * overflows float32 below −88 and sets the worst mistakes aside; here m is written as
 * exp(−γ (t softplus(y) + (1 − t) softplus(−y))), equal and finite for every finite logit, as is the
 * gradient.
 *
 * It is for labels of 0 and 1. For a share between them m goes to 0 as y grows in either direction, so
 * that the loss is least at no ratio at all: train on ratio labels by `klDivergence`.
 *
 * @returns A loss of labels and logits, `[B, K]`, for `model.compile({ loss })`.
 * @throws RangeError when γ is negative or not finite.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { focal } from '@bcl/losses';
 *
 * const loss = focal({ gamma: 2 });
 * loss(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, -1e4]])).dataSync(); // => [0.1732868]
 * loss(tf.tensor2d([[1, 0]]), tf.tensor2d([[-200, -1e4]])).dataSync(); // => [200]
 * ```
 *
 * @see Lin et al., "Focal Loss for Dense Object Detection", arXiv:1708.02002; the form is that of
 * richardaecn/class-balanced-loss, src/cifar_main.py.
 */
export function focal({ gamma }: FocalOptions): ConfiguredLoss {
  if (!(Number.isFinite(gamma) && gamma >= 0)) {
    throw new RangeError(`focal: gamma must be a number from 0 up, got ${gamma}`);
  }
  return makeLoss({ name: 'focal', gamma }, (yTrue, logits, reduction) =>
    rowLoss('focal', yTrue, logits, reduction, {
      value: (t, y) => {
        const { b, m } = terms(t, sigmoids(y), gamma);
        return tf.sum(tf.mul(m, b), 1);
      },
      // db/dy = σ(y) − t, and m falls by γ (t − σ(−y)) of itself.
      gradient: (t, y) => {
        const parts = sigmoids(y);
        const { b, m } = terms(t, parts, gamma);
        const falls = tf.mul(tf.mul(b, gamma), tf.sub(t, parts.no));
        return tf.mul(m, tf.sub(tf.sub(parts.yes, t), falls));
      },
    }),
  );
}

/** Cross-entropy b and modulator m of each question, `[B, K]`. */
function terms(
  t: tf.Tensor2D,
  { costOfYes, costOfNo }: Sigmoids,
  gamma: number,
): { b: tf.Tensor2D; m: tf.Tensor2D } {
  const f = tf.sub(1, t);
  const b = tf.add<tf.Tensor2D>(tf.mul(t, costOfYes), tf.mul(f, costOfNo));
  const right = tf.add(tf.mul(t, costOfNo), tf.mul(f, costOfYes));
  return { b, m: tf.exp(tf.mul(right, -gamma)) };
}
