import {
  createRandom,
  type Random,
  type RandomState,
  type SeededRandom,
  shuffled,
} from '@bcl/random';
import type { ByteImages, BytePlan } from './BytePlan.js';
import { drawBytes } from './drawBytes.js';
import {
  type MixBytesOptions,
  type MixBytesOutput,
  type MixedBytes,
  mixBytes,
} from './mixBytes.js';

export interface ByteMixerOptions extends MixBytesOptions {
  /** Which classes are paired. Default `'different'`. */
  readonly classes?: 'different' | 'same' | 'any';
  /** How ratios are drawn: uniform in [0, 1), always one number, or by a function of yours. Default `'uniform'`. */
  readonly ratio?: 'uniform' | number | ((random: Random) => number);
  /** Pixels of zeros on each side before a window of the old size is cut. Default 4. */
  readonly padding?: number;
  /** Probability that an image is flipped left to right. Default ½. */
  readonly flip?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number | string;
}

/** Where a mixer's draws stand, as plain JSON. */
export type ByteMixerState = Readonly<
  Record<'pairs' | 'ratio' | 'flip' | 'crop' | 'shuffle', RandomState>
>;

/**
 * Makes mixed training batches from a set of raw images, in one sweep from bytes to floats: see {@link mixBytes}.
 *
 * Partners come from the whole set. Chance is drawn apart from mixing, into a plan that can be kept, sent to another thread and
 * applied again. Each kind of it comes from the seed's stream of its name (`pairs`, `ratio`, `flip`, `crop`, `shuffle`), so that a
 * change to one leaves the others as they were.
 *
 * @throws RangeError when an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { ByteMixer } from '@bcl/mixing/fast';
 *
 * const images = Uint8Array.from({ length: 6 * 4 * 4 * 3 }, (_, i) => (i * 37) % 256);
 * const data = { images, labels: [0, 1, 2, 0, 1, 2], shape: [4, 4, 3] as const };
 * const mixer = new ByteMixer({ mean: [0, 0, 0], std: [64, 64, 64], numClasses: 3, padding: 1, seed: 7 });
 *
 * const plan = mixer.draw(data, [0, 1, 2, 3]);
 * const mixed = mixer.apply(data, plan);
 * mixed.shape; // => [4, 4, 4, 3]
 * mixed.labels.length; // => 12
 *
 * const sizes = [...mixer.batches(data, { batchSize: 4 })].map(({ shape }) => shape[0]);
 * sizes; // => [4, 2]
 * ```
 */
export class ByteMixer {
  readonly #options: Required<Pick<ByteMixerOptions, 'classes' | 'ratio' | 'padding' | 'flip'>> &
    MixBytesOptions;
  readonly #streams: Readonly<Record<keyof ByteMixerState, SeededRandom>>;

  constructor({
    classes = 'different',
    ratio = 'uniform',
    padding = 4,
    flip = 0.5,
    seed = 0,
    ...options
  }: ByteMixerOptions) {
    if (classes !== 'different' && classes !== 'same' && classes !== 'any') {
      throw new RangeError(
        `ByteMixer: classes must be 'different', 'same' or 'any', got '${classes}'`,
      );
    }
    if (!Number.isInteger(padding) || padding < 0) {
      throw new RangeError(`ByteMixer: padding must be a whole number from 0, got ${padding}`);
    }
    if (!(flip >= 0 && flip <= 1)) {
      throw new RangeError(`ByteMixer: flip must be a probability, 0..1, got ${flip}`);
    }
    this.#options = { ...options, classes, ratio, padding, flip };
    const random = createRandom(seed);
    const stream = (name: string) => random.stream(name);
    this.#streams = {
      pairs: stream('pairs'),
      ratio: stream('ratio'),
      flip: stream('flip'),
      crop: stream('crop'),
      shuffle: stream('shuffle'),
    };
  }

  /**
   * Draws for each of the given images a partner in the whole set, a ratio, and flips and windows for both.
   *
   * @param indices The first images, `[B]`.
   * @throws RangeError when an image has no admissible partner.
   */
  draw({ labels }: Pick<ByteImages, 'labels'>, indices: ArrayLike<number>): BytePlan {
    return drawBytes(labels, indices, this.#streams, this.#options);
  }

  /** Mixes by a plan. Draws nothing. */
  apply(data: ByteImages, plan: BytePlan, output?: MixBytesOutput): MixedBytes {
    return mixBytes(data, plan, this.#options, output);
  }

  /**
   * One epoch: every image is once the first of a pair, in a new order each time. The last batch holds what is left.
   *
   * @param options.indices The images that are read, as a shard or one's own order. Default: all, shuffled.
   */
  *batches(
    data: ByteImages,
    { batchSize, indices }: { batchSize: number; indices?: Int32Array },
  ): Generator<MixedBytes, void, undefined> {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`ByteMixer: batchSize must be a whole number from 1, got ${batchSize}`);
    }
    const order = indices ?? shuffled(this.#streams.shuffle, data.labels.length);
    for (let from = 0; from < order.length; from += batchSize) {
      yield this.apply(data, this.draw(data, order.subarray(from, from + batchSize)));
    }
  }

  /** Where the draws stand: what was drawn after it is drawn again once it is restored. Keep it between epochs. */
  state(): ByteMixerState {
    const { pairs, ratio, flip, crop, shuffle } = this.#streams;
    return {
      pairs: pairs.state(),
      ratio: ratio.state(),
      flip: flip.state(),
      crop: crop.state(),
      shuffle: shuffle.state(),
    };
  }

  /** Goes on from a saved state. */
  restore(state: ByteMixerState): void {
    const before = this.state();
    const names = Object.keys(before) as (keyof ByteMixerState)[];
    try {
      for (const name of names) this.#streams[name].restore(state[name]);
    } catch (error) {
      for (const name of names) this.#streams[name].restore(before[name]);
      throw error;
    }
  }
}
