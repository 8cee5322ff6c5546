import { checkLogits } from '@bcl/losses';
import type * as tf from '@tensorflow/tfjs-core';
import { type Loss, savedLoss } from './Loss.js';

/** Refuses probabilities where a loss of `@bcl/losses` wants logits; other losses may want them. */
export async function checkFirstLogits(loss: Loss, logits: tf.Tensor): Promise<void> {
  const saved = savedLoss(loss);
  if (saved) await checkLogits(logits, typeof saved === 'string' ? saved : saved.name);
}
