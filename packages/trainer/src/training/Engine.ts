import type * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSwitch } from '../optimizers/Optimizer.js';
import type { Batch } from './batches.js';
import type { Evaluated } from './forward.js';
import type { Culprit } from './nonFinite.js';

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
  /** Where the step has changed the optimizer's ways. */
  change: OptimizerSwitch | null;
}

/** A batch that an engine can take a step with, once. */
export interface Ready extends Pick<Batch, 'index' | 'mixerState'> {
  /** Examples in it. */
  count: number;
  take(at: StepAt): Promise<StepResult>;
}

/** What takes the steps of a training: this process, or threads. */
export interface Engine {
  readonly threads: number;
  /** Readies batches one by one; those that are taken, and those that are not, are disposed. */
  feed(source: AsyncGenerator<Batch, void, undefined>): AsyncGenerator<Ready, void, undefined>;
  /** Looks at a batch in evaluation, by the averaged weights where there are such. The tensors stay the caller's. */
  forward(xs: tf.Tensor, ys: tf.Tensor): Promise<Evaluated>;
  /** Brings the model and optimizer of this process up to date. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The error of a step whose loss or gradient is not finite. */
export function nonFiniteError(
  loss: number,
  { step, epoch }: StepAt,
  culprit: Culprit | null,
): Error {
  const what = Number.isFinite(loss) ? 'the gradient is not finite' : `the loss is ${loss}`;
  return new Error(
    `ModelManager.train: ${what} at step ${step + 1} (epoch ${epoch}), ${culprit?.text ?? 'by overflow of a sum'}; the weights are as before the step`,
  );
}
