import { DataIterator, type Dataset, type Preprocessing, type ResidentImages } from '@bcl/datasets';
import type { Draw, Mixer, MixerState } from '@bcl/mixing';
import type { SeededRandom } from '@bcl/random';
import type * as tf from '@tensorflow/tfjs-core';
import { type AugmentOptions, trainingSteps } from './augmented.js';
import { mixBatch } from './mixBatch.js';

/** A batch as the model sees it; its taker disposes `xs` and `ys`. */
export interface Batch {
  xs: tf.Tensor4D;
  /** Label rows `[B, K]`. */
  ys: tf.Tensor2D;
  /** Place of the batch in its epoch, from 0. */
  index: number;
  /** Where the mixer's generator stood after this batch. */
  mixerState: MixerState | null;
  /** By which the model itself is to mix; its labels are mixed already. */
  draw?: Draw;
}

export interface BatchesOptions {
  batchSize: number;
  preprocessing: Preprocessing;
  augment: AugmentOptions | false;
  /** The images on the device, where batches are to be made there. */
  resident?: ResidentImages | undefined;
  mixer: Mixer | undefined;
  /** Whether the model mixes activations: images then come unmixed, with a draw among those of the batch. */
  mixesInside: boolean;
  random: SeededRandom;
  /** From 1. */
  epoch: number;
  /** Batches to leave out at the start, when going on in the middle of an epoch. */
  skip: number;
}

/**
 * The batches of one epoch, as many examples as the data set has. All chance but the mixer's own
 * follows from the epoch and the place of the batch in it, so going on in the middle gives the same
 * batches.
 *
 * Without a mixer each example comes once, in shuffled order. With one, every mixed example is a
 * fresh draw from the whole set, as in the authors' code: its parts are read, normalised, flipped and
 * cropped each on its own, and then mixed. Where the model mixes activations itself, partners are in
 * the same batch, and so each example comes once.
 */
export async function* batches(
  dataset: Dataset,
  options: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { mixer, mixesInside } = options;
  if (!mixer) yield* plainBatches(dataset, options);
  else if (mixesInside) yield* drawnBatches(dataset, mixer, options);
  else yield* mixedBatches(dataset, mixer, options);
}

async function* plainBatches(
  dataset: Dataset,
  { batchSize, preprocessing, augment, resident, random, epoch, skip }: BatchesOptions,
): AsyncGenerator<Batch & { ids: Int32Array }, void, undefined> {
  const steps = trainingSteps(preprocessing, augment);
  const options = {
    batchSize,
    preprocessing,
    random,
    ...(steps && { augment: steps }),
    ...(resident && { resident }),
  };
  const iterator = new DataIterator(dataset, options);
  if (skip >= iterator.size) return;
  iterator.restore({ ...iterator.state(), epoch: epoch - 1, batch: skip });
  let index = skip;
  for await (const { xs, ys, ids } of iterator)
    yield { xs, ys, ids, index: index++, mixerState: null };
}

/** Plain batches, each with a draw of partners in it and labels that are mixed by that. */
async function* drawnBatches(
  dataset: Dataset,
  mixer: Mixer,
  options: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  mixer.epoch = options.epoch;
  for await (const { xs, ys: plain, ids, index } of plainBatches(dataset, options)) {
    // The last batch of an epoch may be too small to hold partners.
    const draw = mixer.canDraw(ids) ? mixer.draw(ids) : undefined;
    const ys = draw ? mixer.applyLabels(plain, draw) : plain;
    if (draw) plain.dispose();
    yield { xs, ys, index, mixerState: mixer.state(), ...(draw ? { draw } : {}) };
  }
}

async function* mixedBatches(
  dataset: Dataset,
  mixer: Mixer,
  { batchSize, preprocessing, augment, resident, random, epoch, skip }: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { labels } = dataset;
  const [height, width] = preprocessing.shape;
  const size = [height, width] as const;
  mixer.epoch = epoch;
  for (let index = skip; index * batchSize < labels.length; index++) {
    const count = Math.min(batchSize, labels.length - index * batchSize);
    const draw = mixer.drawFrom(labels, count, { size });
    const chance = chanceOf(random, epoch, index);
    const mixed = mixBatch(dataset, mixer, draw, { preprocessing, augment, resident, chance });
    yield { xs: mixed.images, ys: mixed.labels, index, mixerState: mixer.state() };
  }
}

/** What a batch is varied by; as `DataIterator` names it. */
function chanceOf(random: SeededRandom, epoch: number, index: number): SeededRandom {
  return random.stream(`batch ${epoch}.${index}`);
}
