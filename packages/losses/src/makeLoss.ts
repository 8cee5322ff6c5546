import type * as tf from '@tensorflow/tfjs-core';
import type { ConfiguredLoss, Loss, LossConfig, Reduction } from './Loss.js';

/** A loss that carries the settings it was made with. */
export function makeLoss(
  config: LossConfig | null,
  compute: (yTrue: tf.Tensor, logits: tf.Tensor, reduction: Reduction) => tf.Tensor,
): ConfiguredLoss {
  const loss = (
    yTrue: tf.Tensor,
    logits: tf.Tensor,
    { reduction = 'mean' }: { reduction?: Reduction } = {},
  ): tf.Tensor => compute(yTrue, logits, reduction);
  return Object.assign(loss as Loss, { config });
}
