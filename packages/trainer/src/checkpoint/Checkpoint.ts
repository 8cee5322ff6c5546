import type { MixerState } from '@bcl/mixing';
import type * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../optimizers/Optimizer.js';
import type { SavedLoss } from '../training/Loss.js';

/** Sums over the part of an epoch that is done. */
export interface EpochSums {
  /** Loss and hits, summed over examples. */
  loss: number;
  hits: number;
  examples: number;
  seconds: number;
  /** Without the run's first step. */
  timedExamples: number;
  timedSeconds: number;
  learningRate: number;
}

/** Where a training stands, all but its tensors; plain JSON. */
export interface TrainingState {
  /** Version of the format of a checkpoint. */
  version: 1;
  /** Epochs done. */
  epoch: number;
  /** Steps done. */
  step: number;
  /** Batches done of the epoch under way. */
  batch: number;
  /** Batch size and examples of that epoch, which `batch` counts in; null before the first. */
  batchSize: number | null;
  examples: number | null;
  sums: EpochSums;
  /** The epoch that tested best so far, and its accuracy; null before any test. */
  best: { epoch: number; accuracy: number } | null;
  seed: number | string;
  /** The loss; null for a function of the caller's. */
  loss: SavedLoss | null;
  optimizer: OptimizerConfig;
  /** Decay of the moving average of the weights; null where none is kept. */
  ema: number | null;
  preprocessing: unknown;
  classNames: string[] | null;
  /** Settings of the mixer, as text, and where its draws stand. */
  mixer: { settings: string; state: MixerState | null } | null;
}

/** A whole checkpoint in memory. */
export interface Checkpoint extends SavedReplica {
  state: TrainingState;
  /** The model's layers, as tfjs-layers saves them. */
  topology: unknown;
}

/** The numbers of a model and of its optimizer. */
export interface SavedReplica {
  /** Weights under the names of tfjs-layers. */
  weights: SavedTensors;
  /** What the optimizer remembers. */
  optimizer: SavedTensors & { numbers: Record<string, number> };
  /** The moving average of the weights and the steps that went into it; null where none is kept. */
  average: (SavedTensors & { steps: number }) | null;
}

/** Tensors as bytes, with what is needed to read them. */
export interface SavedTensors {
  specs: tf.io.WeightsManifestEntry[];
  data: ArrayBuffer;
}
