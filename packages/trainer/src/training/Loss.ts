import { type LossConfig, lossConfig, lossFromConfig } from '@bcl/losses';
import type * as tf from '@tensorflow/tfjs-core';

/** A loss of soft label rows and logits, both `[B, K]`: the batch's mean, or one number a row. */
export type Loss = (yTrue: tf.Tensor, logits: tf.Tensor) => tf.Tensor;

/** Losses of `@bcl/losses` that have no settings. */
export type LossName = 'klDivergence' | 'softmaxCrossEntropy' | 'sigmoidCrossEntropy';

/** A loss of `@bcl/losses` in JSON: its name, or its `lossConfig` where it has settings. */
export type SavedLoss = LossName | LossConfig;

/** The loss that was saved. */
export function lossFrom(saved: SavedLoss): Loss {
  return lossFromConfig(typeof saved === 'string' ? { name: saved } : saved);
}

/** What a checkpoint keeps of a loss of `@bcl/losses`; null for any other. */
export function savedLoss(loss: Loss): SavedLoss | null {
  const config = lossConfig(loss);
  return config && Object.keys(config).length === 1 ? (config.name as LossName) : config;
}
