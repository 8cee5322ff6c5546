import type { Batch } from './batches.js';

/** Where a step stands in its run. */
export interface StepAt {
  /** Steps before this one. */
  step: number;
  /** From 1. */
  epoch: number;
  learningRate: number;
}

export interface StepResult {
  /** Mean over the batch, before the step. */
  loss: number;
  accuracy: number;
}

/** What takes the steps of a training: this process, or threads. */
export interface Engine {
  readonly threads: number;
  /** Takes one step. The batch stays the caller's. */
  step(batch: Batch, at: StepAt): Promise<StepResult>;
  /** Brings the model and optimizer of this process up to date. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
