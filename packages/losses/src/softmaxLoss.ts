import * as tf from '@tensorflow/tfjs-core';
import type { Reduction } from './Loss.js';
import { logSoftmax } from './logSoftmax.js';
import { type RowResult, rowLoss } from './rowLoss.js';

/** Name under which a backend may have loss and gradient as one kernel; `@bcl/backends` registers such. */
const KERNEL = 'BclSoftmaxLoss';

/** What tells the losses of softmax apart. */
export interface SoftmaxRule {
  /** The loss of each row, `[B]`, from targets and log softmax, both `[B, K]`. */
  value(targets: tf.Tensor2D, logProbabilities: tf.Tensor2D): tf.Tensor1D;
  /** Whether the entropy of the targets is taken off: Σ t (log t − log softmax(y)), not −Σ t log softmax(y). */
  entropy: boolean;
}

/**
 * A loss of softmax against soft rows t whose gradient is that of cross-entropy,
 *
 *     d/dy = softmax(y) Σt − t.
 *
 * One kernel gives both where the current backend has one.
 */
export function softmaxLoss(
  name: string,
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  reduction: Reduction,
  { value, entropy }: SoftmaxRule,
): tf.Tensor {
  return rowLoss(name, yTrue, logits, reduction, {
    value: (t, y) => value(t, logSoftmax(y)),
    gradient: (t, y) => tf.sub(tf.mul(tf.exp(logSoftmax(y)), tf.sum(t, 1, true)), t),
    fused: (t, y) => fused(t, y, entropy),
  });
}

function fused(t: tf.Tensor2D, y: tf.Tensor2D, entropy: boolean): RowResult | undefined {
  if (!tf.getKernel(KERNEL, tf.getBackend())) return undefined;
  const [value, gradient] = tf
    .engine()
    .runKernel(KERNEL, { labels: t, logits: y }, { entropy }) as tf.Tensor[] as [
    tf.Tensor1D,
    tf.Tensor2D,
  ];
  return { value, gradient };
}
