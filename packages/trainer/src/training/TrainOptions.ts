import type { Dataset } from '@bcl/datasets';
import type { Mixer } from '@bcl/mixing';
import type { Run } from '../run/Run.js';
import type { Schedule } from '../schedules/Schedule.js';
import type { AugmentOptions } from './augmented.js';

export interface TrainOptions {
  /** Epochs of the whole run, those done before included. */
  epochs: number;
  /** Default 128. */
  batchSize?: number;
  /** Learning rate of every step. Default: always that of the optimizer. */
  schedule?: Schedule;
  /**
   * Draws pairs from the whole set and mixes them, as many examples an epoch as the set has; without
   * one this is standard learning. Where the model has a layer `MixAt` of `@bcl/mixing/layers`, that mixes
   * activations, by the mixer's draws within each batch; the mixer then mixes labels alone.
   */
  mixer?: Mixer;
  /** Default `{ padding: 4, flip: true }`. */
  augment?: AugmentOptions | false;
  /**
   * Keeps the bytes of the training set on the device of the backend, and cuts, flips, normalises and mixes there: for webgpu, where else
   * each batch is sent to the GPU. The numbers are the same to rounding. Default false.
   */
  resident?: boolean;
  /** Evaluated after each epoch. */
  test?: Dataset;
  /** Every how many epochs the test set is evaluated; the last one always is. Default 1. */
  testEvery?: number;
  /** Where metrics and checkpoints go. */
  run?: Run;
  /**
   * How many threads share out each batch, each with a copy of the model; `'auto'` takes what the
   * machine has. Default 1, this thread. Batch norm then computes its statistics over each
   * thread's part of the batch; all else is as with one thread.
   */
  threads?: number | 'auto';
  /**
   * Modules that register the model's layers, for the other threads: package names, paths or
   * URLs. Default none; `['@bcl/models']` for its networks.
   */
  layerModules?: string[];
  /**
   * How many steps may be sent to the backend before the numbers of one are read, so that a GPU does not
   * wait for this program at each step. What is told, and where the model then stands, is the same
   * for any number, but for a schedule of your own that looks at what was told: it is asked so many steps earlier. Each
   * step ahead holds the weights, the gradients and what the optimizer remembers once more. Default 2 where reading is a round trip to a
   * device (webgpu, webgl, tensorflow on a GPU), else 0. Threads, and optimizers that settle each step, such as `swats`, know none.
   */
  stepsAhead?: number;
}
