import type { SeededRandom } from '@bcl/random';
import type { Augmentation } from '../augment/compose.js';
import type { AugmentationStep } from '../augment/Step.js';
import type { Preprocessing } from '../preprocessing.js';
import type { ResidentImages } from '../resident/ResidentImages.js';
import type { Shard } from '../stream.js';

export interface DataIteratorOptions {
  /** Images in a batch; at most those of the data set. */
  readonly batchSize: number;
  /** Shuffles each epoch, from the stream `shuffle` of this generator. Without it the order is the source's. */
  readonly random?: SeededRandom;
  /** What the images go through; without it they keep their values 0..255. */
  readonly preprocessing?: Preprocessing;
  /**
   * How images are varied: steps for raw images before the preprocessing, the others after it. Batch b of epoch e, from 0, draws from
   * the stream `batch e+1.b` of `random`. Without it images go through the preprocessing's `evaluation`.
   */
  readonly augment?: Augmentation;
  /** Leave out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** Prepares batches ahead on threads of their own; the batches are the same. Default in the loop's thread, as they are asked for. */
  readonly prefetch?: PrefetchOptions;
  /**
   * Keeps the bytes of all images on the device of the current backend, and flips, crops and normalises there; the batches are the same,
   * under `bc+` to the last bit of float32. `true` makes {@link ResidentImages} that are disposed with the iterator; those given, of the
   * same data set and preprocessing, stay the giver's. Default false, batches are made on the host.
   */
  readonly resident?: boolean | ResidentImages;
  /** Gives one part of each epoch, every `count`th image of its order. Default the whole. */
  readonly shard?: Shard;
}

export interface PrefetchOptions {
  /** Default 1. */
  readonly threads?: number;
  /** Batches that are prepared ahead, at most; so many are held. Default 2 a thread. */
  readonly batches?: number;
}

/** Where a {@link DataIterator} stands: plain JSON, to be kept with a checkpoint. */
export interface DataIteratorState {
  readonly version: 1;
  /** Epochs finished. */
  readonly epoch: number;
  /** Batches given in the epoch after those. */
  readonly batch: number;
  /** Places of the epoch's order that those batches took. A stream goes on from here, a data set from `batch`. */
  readonly place: number;
  /** What the batches depend on, and so must be the same where the state is restored. */
  readonly examples: number | null;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly seed: number | string | null;
  readonly shard: Shard | null;
  readonly augment: readonly AugmentationStep[];
}
