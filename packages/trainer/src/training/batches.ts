import {
  DataIterator,
  type Dataset,
  flip,
  type Preprocessing,
  padCrop,
  readExamples,
} from '@bcl/datasets';
import type { Mixer, MixerState, SetDraw } from '@bcl/mixing';
import type { SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';

/** How training images are varied before they are mixed. */
export interface AugmentOptions {
  /** Pixels of zero border that a crop of the image's own size may reach into; 0 for no crop. */
  padding: number;
  /** Whether to mirror every second image, by chance, left to right. */
  flip: boolean;
}

/** A batch as the model sees it; its taker disposes `xs` and `ys`. */
export interface Batch {
  xs: tf.Tensor4D;
  /** Label rows `[B, K]`. */
  ys: tf.Tensor2D;
  /** Place of the batch in its epoch, from 0. */
  index: number;
  /** Where the mixer's generator stood after this batch. */
  mixerState: MixerState | null;
}

export interface BatchesOptions {
  batchSize: number;
  preprocessing: Preprocessing;
  augment: AugmentOptions | false;
  mixer: Mixer | undefined;
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
 * cropped each on its own, and then mixed.
 */
export async function* batches(
  dataset: Dataset,
  options: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { mixer } = options;
  yield* mixer ? mixedBatches(dataset, mixer, options) : plainBatches(dataset, options);
}

async function* plainBatches(
  dataset: Dataset,
  { batchSize, preprocessing, augment, random, epoch, skip }: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  const iterator = new DataIterator(dataset, { batchSize, preprocessing, random });
  if (skip >= iterator.batches) return;
  iterator.restore({ ...iterator.state(), epoch: epoch - 1, batch: skip });
  let index = skip;
  for await (const { xs, ys } of iterator) {
    const images = augmented(xs, augment, chanceOf(random, epoch, index));
    yield { xs: images, ys, index, mixerState: null };
    index++;
  }
}

async function* mixedBatches(
  dataset: Dataset,
  mixer: Mixer,
  { batchSize, preprocessing, augment, random, epoch, skip }: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { labels, shape } = dataset;
  const size = [shape[0], shape[1]] as const;
  mixer.epoch = epoch;
  for (let index = skip; index * batchSize < labels.length; index++) {
    const count = Math.min(batchSize, labels.length - index * batchSize);
    const { indices, draw } = gathered(mixer.drawFrom(labels, count, { size }));
    const { xs, ys } = readExamples(dataset, indices, preprocessing);
    const images = augmented(xs, augment, chanceOf(random, epoch, index));
    let mixed: { images: tf.Tensor4D; labels: tf.Tensor2D };
    try {
      mixed = mixer.apply(images, ys, draw);
    } finally {
      tf.dispose([images, ys]);
    }
    yield { xs: mixed.images, ys: mixed.labels, index, mixerState: mixer.state() };
  }
}

/** The examples of a draw from a whole set, one after the other, and the same draw among these. */
function gathered({ first, partner, third, ...rest }: SetDraw): {
  indices: Int32Array;
  draw: SetDraw;
} {
  const count = first.length;
  const parts = [first, partner, ...(third ? [third.partner] : [])];
  const indices = new Int32Array(parts.length * count);
  const places = parts.map((part, i) => {
    indices.set(part, i * count);
    return Int32Array.from({ length: count }, (_, n) => i * count + n);
  });
  const [ours, theirs, others] = places as [Int32Array, Int32Array, Int32Array?];
  const draw = { ...rest, first: ours, partner: theirs };
  return {
    indices,
    draw: third && others ? { ...draw, third: { ...third, partner: others } } : draw,
  };
}

/** What a batch is varied by. */
function chanceOf(random: SeededRandom, epoch: number, index: number): SeededRandom {
  return random.stream(`batch ${epoch}.${index}`);
}

/** Images, varied; those that came in are disposed, unless they are the same. */
function augmented(
  images: tf.Tensor4D,
  augment: AugmentOptions | false,
  random: SeededRandom,
): tf.Tensor4D {
  if (!augment) return images;
  const { padding, flip: mirror } = augment;
  const varied = tf.tidy(() => {
    const flipped = mirror ? flip(images, { random: random.stream('flip') }) : images;
    return padding > 0 ? padCrop(flipped, { padding, random: random.stream('crop') }) : flipped;
  });
  if (varied !== images) images.dispose();
  return varied;
}
