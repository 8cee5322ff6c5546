import { type Random, uniformInt } from '@bcl/random';
import type { BytePlan, ByteViews } from './BytePlan.js';

/** Where each kind of chance comes from. */
export interface ByteStreams {
  readonly pairs: Random;
  readonly ratio: Random;
  readonly flip: Random;
  readonly crop: Random;
}

export interface DrawBytesOptions {
  readonly classes: 'different' | 'same' | 'any';
  readonly ratio: 'uniform' | number | ((random: Random) => number);
  readonly padding: number;
  /** Probability that an image is flipped. */
  readonly flip: number;
}

/** Blind draws of a partner before the admissible ones are listed. */
const TRIES = 100;

/**
 * Draws for each image of a batch a partner, uniform over all others of the whole set that `classes` admits, a ratio, and for
 * both images a flip and the place of a window.
 *
 * @param labels Class of each image of the set.
 * @param indices The first images, `[B]`.
 */
export function drawBytes(
  labels: ArrayLike<number>,
  indices: ArrayLike<number>,
  streams: ByteStreams,
  { classes, ratio, padding, flip }: DrawBytesOptions,
): BytePlan {
  const index = Int32Array.from(indices);
  const partners = index.map((first) => drawPartner(labels, first, streams.pairs, classes));
  const ratios = new Float32Array(index.length);
  for (let i = 0; i < ratios.length; i++) {
    if (ratio === 'uniform') {
      // Float32 holds these exactly; rounding a finer number could give 1.
      ratios[i] = Math.floor(streams.ratio() * 2 ** 24) / 2 ** 24;
    } else {
      const drawn = typeof ratio === 'function' ? ratio(streams.ratio) : ratio;
      if (!(drawn >= 0 && drawn <= 1)) {
        throw new RangeError(`ByteMixer: ratio must lie in 0..1, got ${drawn}`);
      }
      ratios[i] = drawn;
    }
  }
  const views = (of: Int32Array): ByteViews => {
    const count = of.length;
    const flips = new Uint8Array(count);
    const [top, left] = [new Int32Array(count), new Int32Array(count)];
    for (let i = 0; i < count; i++) {
      flips[i] = streams.flip() < flip ? 1 : 0;
      top[i] = uniformInt(streams.crop, 2 * padding + 1);
      left[i] = uniformInt(streams.crop, 2 * padding + 1);
    }
    return { index: of, flip: flips, top, left };
  };
  return { first: views(index), second: views(partners), ratio: ratios, padding };
}

/** Tries images until one is admitted; where few are, draws among those. Uniform either way. */
function drawPartner(
  labels: ArrayLike<number>,
  first: number,
  random: Random,
  classes: DrawBytesOptions['classes'],
): number {
  const count = labels.length;
  const own = labels[first];
  const admits = (k: number) => {
    if (k === first) return false;
    return classes === 'any' || (labels[k] === own) === (classes === 'same');
  };
  for (let tries = 0; tries < TRIES; tries++) {
    const k = Math.floor(random() * count);
    if (admits(k)) return k;
  }
  const admitted = Array.from({ length: count }, (_, k) => k).filter(admits);
  if (admitted.length === 0) {
    throw new RangeError(
      `ByteMixer: image ${first}, class ${own}, needs a partner (classes: '${classes}'), got none among ${count} images`,
    );
  }
  return admitted[uniformInt(random, admitted.length)] as number;
}
