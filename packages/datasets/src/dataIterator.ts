import { type SeededRandom, shuffled } from '@bcl/random';
import { checkCount, checkDataset, type Dataset, show } from './dataset.js';
import type { Preprocessing } from './preprocessing.js';
import { type Batch, readExamples } from './readExamples.js';

export interface DataIteratorOptions {
  /** Images in a batch; at most those of the data set. */
  readonly batchSize: number;
  /** Shuffles each epoch, from the stream `shuffle` of this generator. Without it the order is the data set's. */
  readonly random?: SeededRandom;
  /** What the images go through; without it they keep their values 0..255. */
  readonly preprocessing?: Preprocessing;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
}

/** Where a {@link DataIterator} stands: plain JSON, to be kept with a checkpoint. */
export interface DataIteratorState {
  readonly version: 1;
  /** Epochs finished. */
  readonly epoch: number;
  /** Batches given in the epoch after those. */
  readonly batch: number;
  /** What the order depends on, and so must be the same where the state is restored. */
  readonly examples: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly seed: number | string | null;
}

/**
 * Gives a data set in batches. Each loop over it is one epoch.
 *
 * The order of an epoch follows from the seed and the epoch's number alone, so an iterator that was
 * restored from {@link DataIterator.state} goes on exactly where the other stood. One batch is
 * held at a time. It serves `for await` and `model.fitDataset(iterator, { epochs })` alike (without
 * `batchesPerEpoch`, since a loop ends with its epoch).
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { DataIterator, embedded, Preprocessing } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const train = embedded({ size: 100 });
 * const preprocessing = Preprocessing.fit(train, 'bc+');
 * const batches = new DataIterator(train, { batchSize: 32, random: createRandom(1), preprocessing });
 * const shapes = [];
 * for await (const { xs, ys } of batches) {
 *   shapes.push(xs.shape[0]);
 *   tf.dispose([xs, ys]);
 * }
 * shapes; // => [32, 32, 32, 4]
 * ```
 */
export class DataIterator implements AsyncIterable<Batch> {
  /** Batches in an epoch. */
  readonly batches: number;
  private readonly dataset: Dataset;
  private readonly batchSize: number;
  private readonly dropLast: boolean;
  private readonly random: SeededRandom | undefined;
  private readonly preprocessing: Preprocessing | undefined;
  private epoch = 0;
  private batch = 0;
  /** Whether the next loop goes on in the middle of an epoch. */
  private resuming = false;

  /**
   * @throws RangeError when the batch is larger than the data set, or the preprocessing was fitted
   * on images of another shape or on another number of classes.
   */
  constructor(dataset: Dataset, options: DataIteratorOptions) {
    const { batchSize, random, preprocessing, dropLast = false } = options;
    checkDataset('DataIterator', dataset);
    checkCount('DataIterator', 'batchSize', batchSize);
    const examples = dataset.labels.length;
    if (batchSize > examples) {
      throw new RangeError(
        `DataIterator: batchSize must be at most the ${examples} images of ${dataset.name}, got ${batchSize}; use a smaller batch or more images`,
      );
    }
    if (random && typeof random.stream !== 'function') {
      throw new TypeError(
        'DataIterator: random must come from createRandom(seed), so that an epoch can be drawn again',
      );
    }
    preprocessing?.checkDataset(dataset);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.random = random?.stream('shuffle');
    this.preprocessing = preprocessing;
    this.batches = dropLast ? Math.floor(examples / batchSize) : Math.ceil(examples / batchSize);
  }

  /** Batches in an epoch, under the name that `model.fitDataset` asks for. */
  get size(): number {
    return this.batches;
  }

  /** One epoch, or what a restored state left of one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    if (this.batch > 0 && !this.resuming) this.nextEpoch();
    this.resuming = false;
    const order = this.order();
    while (this.batch < this.batches) {
      const start = this.batch * this.batchSize;
      const indices = order.slice(start, start + this.batchSize);
      this.batch++;
      yield readExamples(this.dataset, indices, this.preprocessing);
    }
    this.nextEpoch();
  }

  /** The same, as `model.fitDataset` and `model.evaluateDataset` ask for it. */
  async iterator(): Promise<AsyncGenerator<Batch, void, undefined>> {
    return this[Symbol.asyncIterator]();
  }

  /** Where this iterator stands. Within a loop, the batch at hand counts as given. */
  state(): DataIteratorState {
    const finished = this.batch === this.batches;
    return {
      version: 1,
      epoch: finished ? this.epoch + 1 : this.epoch,
      batch: finished ? 0 : this.batch,
      ...this.identity(),
    };
  }

  /**
   * Goes on from a saved state: the next loop gives what was left of that epoch.
   *
   * @throws RangeError when the state is of another data set, batch size or seed.
   */
  restore(state: DataIteratorState): void {
    if (state?.version !== 1) {
      throw new RangeError(
        `restore: state must come from state() of a DataIterator, version 1, got ${JSON.stringify(state)}`,
      );
    }
    for (const [name, own] of Object.entries(this.identity())) {
      const theirs = state[name as keyof DataIteratorState];
      if (theirs !== own) {
        throw new RangeError(
          `restore: ${name} must be as it was, ${show(own)} here, got ${show(theirs)} in the state`,
        );
      }
    }
    const { epoch, batch } = state;
    if (!(Number.isInteger(epoch) && epoch >= 0 && Number.isInteger(batch) && batch >= 0)) {
      throw new RangeError(
        `restore: epoch and batch must be whole numbers from 0, got ${epoch} and ${batch}`,
      );
    }
    if (batch >= this.batches) {
      throw new RangeError(`restore: batch must be below ${this.batches}, got ${batch}`);
    }
    this.epoch = epoch;
    this.batch = batch;
    this.resuming = true;
  }

  /** What the order of the examples depends on. */
  private identity(): Pick<DataIteratorState, 'examples' | 'batchSize' | 'dropLast' | 'seed'> {
    return {
      examples: this.dataset.labels.length,
      batchSize: this.batchSize,
      dropLast: this.dropLast,
      seed: this.random?.seed ?? null,
    };
  }

  private nextEpoch(): void {
    this.epoch++;
    this.batch = 0;
  }

  /** The examples of this epoch, in their order. */
  private order(): Int32Array {
    const examples = this.dataset.labels.length;
    if (!this.random) return Int32Array.from({ length: examples }, (_, i) => i);
    return shuffled(this.random.stream(String(this.epoch)), examples);
  }
}
