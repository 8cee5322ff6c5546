import { DataIterator, type Dataset, flip, type Preprocessing, padCrop } from '@bcl/datasets';
import type { Mixer, MixerState } from '@bcl/mixing';
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
 * The batches of one epoch: shuffled, normalised, flipped, cropped, mixed, in this order. All
 * chance but the mixer's own follows from the epoch and the place of the batch in it, so going on
 * in the middle gives the same batches.
 *
 * A batch in which no pair can be drawn, such as a last batch of one image, is left out.
 */
export async function* batches(
  dataset: Dataset,
  { batchSize, preprocessing, augment, mixer, random, epoch, skip }: BatchesOptions,
): AsyncGenerator<Batch, void, undefined> {
  const iterator = new DataIterator(dataset, { batchSize, preprocessing, random });
  if (skip >= iterator.batches) return;
  iterator.restore({ ...iterator.state(), epoch: epoch - 1, batch: skip });
  let index = skip - 1;
  for await (const { xs, ys, ids } of iterator) {
    index++;
    if (mixer && !canPair(ids, mixer)) {
      tf.dispose([xs, ys]);
      continue;
    }
    const chance = random.stream(`batch ${epoch}.${index}`);
    const images = augment ? augmented(xs, augment, chance) : xs;
    if (images !== xs) xs.dispose();
    if (!mixer) {
      yield { xs: images, ys, index, mixerState: null };
      continue;
    }
    let mixed: { images: tf.Tensor4D; labels: tf.Tensor2D };
    try {
      mixed = mixer.apply(images, ys, mixer.draw(ids));
    } finally {
      tf.dispose([images, ys]);
    }
    yield {
      xs: mixed.images,
      ys: mixed.labels,
      index,
      mixerState: mixer.state(),
    };
  }
}

function augmented(
  images: tf.Tensor4D,
  { padding, flip: mirror }: AugmentOptions,
  random: SeededRandom,
): tf.Tensor4D {
  return tf.tidy(() => {
    const flipped = mirror ? flip(images, { random: random.stream('flip') }) : images;
    return padding > 0 ? padCrop(flipped, { padding, random: random.stream('crop') }) : flipped;
  });
}

/** Whether the mixer can find a partner for each example of these classes. */
function canPair(ids: ArrayLike<number>, mixer: Mixer): boolean {
  if (mixer.classes !== 'different') return true;
  for (let i = 1; i < ids.length; i++) if (ids[i] !== ids[0]) return true;
  return false;
}
