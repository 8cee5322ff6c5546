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

/** A step that was taken, and the batch it was taken with. */
export interface StepTaken extends StepResult, Pick<Batch, 'index' | 'mixerState'> {
  /** Examples in the batch. */
  count: number;
  learningRate: number;
}

/** What takes the steps of a training: this process, or threads. */
export interface Engine {
  readonly threads: number;
  /**
   * Takes a step with each batch, all of which are disposed, and tells of the steps in their order.
   * Whatever it is ahead by is undone where its taker leaves.
   *
   * @param at Where the step with the batch of an index stands.
   */
  steps(
    source: AsyncGenerator<Batch, void, undefined>,
    at: (index: number) => StepAt,
  ): AsyncGenerator<StepTaken, void, undefined>;
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
