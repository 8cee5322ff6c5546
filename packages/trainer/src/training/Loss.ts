import * as losses from '@bcl/losses';
import type * as tf from '@tensorflow/tfjs-core';

/** A loss of soft label rows and logits, both `[B, K]`: the batch's mean, or one number a row. */
export type Loss = (yTrue: tf.Tensor, logits: tf.Tensor) => tf.Tensor;

/** Losses of `@bcl/losses` by name: those that a checkpoint can bring back by itself. */
const known: Record<string, Loss> = {
  klDivergence: losses.klDivergence as Loss,
  softmaxCrossEntropy: losses.softmaxCrossEntropy as Loss,
};

/** Names that stand for a loss. */
export type LossName = 'klDivergence' | 'softmaxCrossEntropy';

/** The function that a name stands for. */
export function lossFromName(name: string): Loss {
  const loss = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!loss) {
    throw new Error(
      `ModelManager: loss must be a function or one of ${Object.keys(known).join(', ')}, got ${name}`,
    );
  }
  return loss;
}

/** The name of a loss of `@bcl/losses`, null for any other. */
export function nameOfLoss(loss: Loss): string | null {
  return Object.keys(known).find((name) => known[name] === loss) ?? null;
}
