import * as tf from '@tensorflow/tfjs-core';
import { checkIterator, checkState } from './batches/checkIterator.js';
import type { DataIteratorOptions, DataIteratorState } from './batches/DataIteratorOptions.js';
import { type Draft, datasetDrafts, streamDrafts } from './batches/drafts.js';
import {
  type Prepared,
  prepareAhead,
  prepareHere,
  prepareResident,
} from './batches/prepareDrafts.js';
import type { Transform } from './batches/prepareImages.js';
import type { Dataset } from './dataset.js';
import { isStream, type Source } from './imagesOf.js';
import type { Batch } from './readExamples.js';
import { ResidentImages } from './resident/ResidentImages.js';

/**
 * Gives a data set or a stream in batches. Each loop over it is one epoch.
 *
 * The order of an epoch follows from the seed and the epoch's number alone, and what is done to a batch from these and the batch's
 * place, so an iterator that was restored from {@link DataIterator.state} goes on exactly where the other stood, and threads make
 * the same batches. One batch is held at a time, a stream's next one too, and those that are prefetched. It serves `for await` and
 * `model.fitDataset(iterator, { epochs })` alike (without `batchesPerEpoch`, since a loop ends with its epoch).
 *
 * Several processes share an epoch by `shard`: together they give each image once, and batch b of all of them is batch b of one that
 * takes `count` times as many. With `dropLast` all parts of a data set have as many batches; without it, and of a stream, some may
 * have one more than others.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { compose, DataIterator, embedded, Preprocessing } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const train = embedded({ size: 100 });
 * const preprocessing = Preprocessing.fit(train, 'bc+');
 * const augment = compose([{ step: 'flip' }, { step: 'padCrop' }]);
 * const options = { batchSize: 32, random: createRandom(1), preprocessing, augment };
 * const shapes = [];
 * for await (const { xs, ys } of new DataIterator(train, options)) {
 *   shapes.push(xs.shape[0]);
 *   tf.dispose([xs, ys]);
 * }
 * shapes; // => [32, 32, 32, 4]
 * ```
 */
export class DataIterator implements AsyncIterable<Batch> {
  /** Batches in an epoch; of a stream at most so many, or `null` where only reading it tells. */
  readonly batches: number | null;
  readonly #source: Source;
  readonly #options: DataIteratorOptions & { readonly dropLast: boolean };
  readonly #transform: Transform;
  readonly #resident: ResidentImages | undefined;
  #epoch = 0;
  #batch = 0;
  #place = 0;
  /** Whether the batch given last was the epoch's last one. */
  #finished = false;
  /** Whether the next loop goes on in the middle of an epoch. */
  #resuming = false;

  /**
   * @throws RangeError when the batch is larger than the data set, or the preprocessing was fitted
   * on images of another shape or on another number of classes; and when images that are to be `resident` cannot be, by an option, which
   * the message names, or by their size.
   */
  constructor(source: Source, options: DataIteratorOptions) {
    this.batches = checkIterator(source, options);
    const { preprocessing, augment, dropLast = false, resident } = options;
    this.#source = source;
    this.#options = { ...options, dropLast };
    this.#transform = {
      steps: augment?.steps ?? preprocessing?.evaluation.steps ?? [],
      ...(preprocessing && {
        normalization: {
          method: preprocessing.method,
          mean: preprocessing.mean,
          std: preprocessing.std,
        },
      }),
    };
    // Last: what is refused holds no memory of the device.
    this.#resident =
      resident === true
        ? new ResidentImages(source as Dataset, { ...(preprocessing && { preprocessing }) })
        : resident || undefined;
  }

  /** Batches in an epoch, under the name that `model.fitDataset` asks for; NaN where that is not known. */
  get size(): number {
    return this.batches ?? Number.NaN;
  }

  /** One epoch, or what a restored state left of one. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    if (this.#batch > 0 && !this.#resuming) this.#nextEpoch();
    this.#resuming = false;
    for await (const { draft, xs } of this.#prepared()) {
      this.#batch = draft.batch + 1;
      this.#place = draft.place;
      this.#finished = draft.last;
      yield this.#toBatch(draft, xs);
    }
    this.#nextEpoch();
  }

  /** The same, as `model.fitDataset` and `model.evaluateDataset` ask for it. */
  async iterator(): Promise<AsyncGenerator<Batch, void, undefined>> {
    return this[Symbol.asyncIterator]();
  }

  /** Where this iterator stands. Within a loop, the batch at hand counts as given. */
  state(): DataIteratorState {
    const finished = this.#finished;
    return {
      version: 1,
      epoch: finished ? this.#epoch + 1 : this.#epoch,
      batch: finished ? 0 : this.#batch,
      place: finished ? 0 : this.#place,
      ...this.#identity(),
    };
  }

  /**
   * Goes on from a saved state: the next loop gives what was left of that epoch.
   *
   * @throws RangeError when the state is of another data set, batch size, seed, shard or augmentation.
   */
  restore(state: DataIteratorState): void {
    checkState(state, this.#identity(), this.batches);
    const { epoch, batch, place } = state;
    this.#epoch = epoch;
    this.#batch = batch;
    this.#place = isStream(this.#source) ? place : batch * this.#options.batchSize;
    this.#finished = false;
    this.#resuming = true;
  }

  /** Gives back what `resident: true` holds on the device; after that there are no batches. Without it there is nothing to give back. */
  dispose(): void {
    if (this.#options.resident === true) this.#resident?.dispose();
  }

  /** What the batches depend on. */
  #identity(): Omit<DataIteratorState, 'version' | 'epoch' | 'batch' | 'place'> {
    const { batchSize, dropLast, random, shard, augment } = this.#options;
    return {
      examples: isStream(this.#source) ? this.#source.size : this.#source.labels.length,
      batchSize,
      dropLast,
      seed: random?.seed ?? null,
      shard: shard ?? null,
      augment: augment?.steps ?? [],
    };
  }

  #nextEpoch(): void {
    this.#epoch++;
    this.#batch = 0;
    this.#place = 0;
    this.#finished = false;
  }

  /** What is left of this epoch, prepared. */
  #prepared(): AsyncGenerator<Prepared, void, undefined> {
    const source = this.#source;
    const { batchSize, dropLast, random, shard, prefetch, augment } = this.#options;
    const options = {
      batchSize,
      dropLast,
      batch: this.#batch,
      skip: this.#place,
      epoch: this.#epoch,
      seed: random?.seed ?? null,
      ...(shard && { shard }),
    };
    const drafts = isStream(source)
      ? streamDrafts(source, options)
      : datasetDrafts(source, options);
    const epoch = this.#epoch + 1;
    const part = shard && shard.count > 1 ? `part ${shard.index} of ${shard.count} ` : '';
    const chance = (batch: number) => random?.stream(`${part}batch ${epoch}.${batch}`);
    if (this.#resident) return prepareResident(drafts, this.#resident, augment, chance);
    if (!prefetch) return prepareHere(drafts, this.#transform, chance);
    const images = isStream(source) ? undefined : source.images;
    const ahead = { ...prefetch, batchSize, shape: source.shape, images };
    return prepareAhead(drafts, this.#transform, chance, ahead);
  }

  #toBatch({ ids, rows, indices, keys }: Draft, xs: tf.Tensor4D): Batch {
    const ys = tf.tensor2d(rows, [ids.length, this.#source.classNames.length]);
    return { xs, ys, ids, indices, ...(keys && { keys }) };
  }
}
