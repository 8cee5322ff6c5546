import type { Dataset } from '@bcl/datasets';
import { bc, bcPlus, drawPairs, type LabelRule, mixLabels } from '@bcl/mixing';
import { createRandom, shuffled } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { type Picture, pictures } from './Picture.js';

/** A rule of mixing that a sheet can show. */
export type ShownMethod = 'bc' | 'bc+';

/** One pair of images, mixed. */
export interface MixSample {
  first: Picture;
  second: Picture;
  firstClass: string;
  secondClass: string;
  /** Share of the first image. */
  ratio: number;
  mixes: { method: ShownMethod; picture: Picture }[];
  /** The share of each class in the label, the first image's class first. */
  label: { className: string; share: number }[];
}

export interface MixSamplesOptions {
  count: number;
  seed: number;
  methods: readonly ShownMethod[];
  label: LabelRule;
}

/** The middle of 0..255, where a wave with mean zero is drawn around. */
const midGrey = 127.5;

/** Images to look for partners in; a partner is of another class, so a few dozen do. */
const pool = 256;

/**
 * Draws pairs of images of different classes and mixes them in pixel values. What BC+ makes of them
 * has mean zero; here it gets the middle grey back, so that it can be seen.
 */
export async function mixSamples(
  dataset: Dataset,
  { count, seed, methods, label }: MixSamplesOptions,
): Promise<MixSample[]> {
  const random = createRandom(seed).stream('samples');
  const order = shuffled(random.stream('order'), dataset.labels.length);
  const batch = order.subarray(0, Math.max(count, pool));
  if (batch.length < count) {
    throw new RangeError(
      `mixSamples: ${count} pairs need as many images, got ${batch.length}; ask for fewer with --count, or read more with --limit`,
    );
  }
  const ids = Array.from(batch, (index) => dataset.labels[index] as number);
  const { partner, ratio } = drawPairs(ids, { random: random.stream('pairs') });
  const firsts = Array.from(batch.subarray(0, count));
  const seconds = Array.from(partner.subarray(0, count), (place) => batch[place] as number);
  const share = Array.from(ratio.subarray(0, count));

  const x1 = pixels(dataset, firsts);
  const x2 = pixels(dataset, seconds);
  const y1 = rows(dataset, firsts);
  const y2 = rows(dataset, seconds);
  const labels = mixLabels(y1, y2, share, { rule: label });
  try {
    const shown = async (x: tf.Tensor) => pictures(await x.data(), dataset.shape);
    const [a, b] = [await shown(x1), await shown(x2)];
    const mixed = new Map<ShownMethod, Picture[]>();
    for (const method of methods) {
      const mix =
        method === 'bc' ? bc(x1, x2, share) : tf.tidy(() => tf.add(bcPlus(x1, x2, share), midGrey));
      mixed.set(method, await shown(mix));
      mix.dispose();
    }
    const shares = await labels.array();
    return firsts.map((first, i) => {
      const classes = [first, seconds[i] as number].map((index) => dataset.labels[index] as number);
      const [firstClass = '', secondClass = ''] = classes.map(
        (id) => dataset.classNames[id] ?? `${id}`,
      );
      return {
        first: a[i] as Picture,
        second: b[i] as Picture,
        firstClass,
        secondClass,
        ratio: share[i] as number,
        mixes: methods.map((method) => ({ method, picture: mixed.get(method)?.[i] as Picture })),
        label: [firstClass, secondClass].map((className, k) => ({
          className,
          share: shares[i]?.[classes[k] as number] ?? 0,
        })),
      };
    });
  } finally {
    tf.dispose([x1, x2, y1, y2, labels]);
  }
}

/** Some images of a data set, 0..255, `[B, H, W, C]`. */
function pixels({ images, shape }: Dataset, indices: number[]): tf.Tensor4D {
  const size = shape[0] * shape[1] * shape[2];
  const values = new Float32Array(indices.length * size);
  for (const [place, index] of indices.entries()) {
    values.set(images.subarray(index * size, (index + 1) * size), place * size);
  }
  return tf.tensor4d(values, [indices.length, ...shape]);
}

/** Their labels as rows over classes, `[B, K]`. */
function rows({ labels, classNames }: Dataset, indices: number[]): tf.Tensor2D {
  const ids = indices.map((index) => labels[index] as number);
  return tf.tidy(() => {
    const rows = tf.oneHot(tf.tensor1d(ids, 'int32'), classNames.length) as tf.Tensor2D;
    // The wasm backend's own oneHot writes integers whatever type it is asked for.
    return tf.cast<tf.Tensor2D>(rows, 'float32');
  });
}
