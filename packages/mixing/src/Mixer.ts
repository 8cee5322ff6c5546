import { createRandom, type RandomState, type SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import type { BetweenClassOptions } from './betweenClass.js';
import { shapeText } from './checks.js';
import { classIds, type Labels } from './classIds.js';
import type { Draw } from './drawPairs.js';
import { drawPartners, type PairedClasses } from './drawPartners.js';
import { drawRatios, type RatioRule } from './drawRatios.js';
import { labelRows } from './labelRows.js';
import { checkLabelRule, type LabelRule, mixLabels } from './mixLabels.js';
import { mixWaves } from './mixWaves.js';
import { checkRatio } from './ratio.js';

/** The rules of the paper that have a name of their own. */
export type MixMethod = 'bc' | 'bc+';

export interface MixerOptions {
  /** How images are mixed: by name, or by the settings of `betweenClass`. Default `'bc+'`. */
  readonly method?: MixMethod | BetweenClassOptions;
  /** How labels are mixed. Default `'ratio'`. */
  readonly label?: LabelRule;
  /** Which classes are paired. Default `'different'`. */
  readonly classes?: PairedClasses;
  /** How ratios are drawn. Default `'uniform'`. */
  readonly ratio?: RatioRule;
  /** How many classes there are; needed where labels are class ids. */
  readonly numClasses?: number;
  /** Where chance starts. Default 0. */
  readonly seed?: number | string;
  /**
   * Reads images and label rows back and refuses numbers that are not finite and rows that do not
   * sum to 1. Needs a backend that can be read at once: cpu, wasm, tensorflow, not webgpu. Slow.
   * Default false.
   */
  readonly debug?: boolean;
}

/** The settings of a mixer as plain JSON. */
export interface MixerConfig extends MixerOptions {
  readonly ratio: 'uniform' | number;
}

/** Where a mixer's draws stand, as plain JSON. */
export interface MixerState {
  readonly pairs: RandomState;
  readonly ratio: RandomState;
}

const METHODS: Readonly<Record<MixMethod, BetweenClassOptions>> = {
  bc: {},
  'bc+': { zeroMean: true, keepEnergy: true, balance: true },
};

/** Width of the band around 1 that the sum of a float32 label row may fall in. */
const SUM_TOLERANCE = 1e-3;

/**
 * Mixes a batch with itself: draws a partner and a ratio for each example, then mixes images and
 * labels by that draw.
 *
 * Drawing is apart from applying. A draw is two small arrays: it can be looked at, kept, sent to
 * another thread and applied again. Partners come from the seed's stream `pairs`, ratios from its
 * stream `ratio`, so that a change to one leaves the other as it was.
 *
 * @throws RangeError when an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { Mixer } from '@bcl/mixing';
 *
 * const mixer = new Mixer({ method: 'bc', numClasses: 2, ratio: 0.75, seed: 1 });
 * const images = tf.tensor2d([[4, 8], [0, 4]]);
 * const mixed = mixer.mix(images, [0, 1]);
 * mixed.images.dataSync(); // => [3, 7, 1, 5]
 * mixed.labels.dataSync(); // => [0.75, 0.25, 0.25, 0.75]
 * ```
 */
export class Mixer {
  readonly method: MixMethod | BetweenClassOptions;
  readonly label: LabelRule;
  readonly classes: PairedClasses;
  readonly ratio: RatioRule;
  readonly numClasses: number | undefined;
  readonly seed: number | string;
  readonly debug: boolean;
  readonly #settings: BetweenClassOptions;
  readonly #pairs: SeededRandom;
  readonly #ratios: SeededRandom;

  constructor({
    method = 'bc+',
    label = 'ratio',
    classes = 'different',
    ratio = 'uniform',
    numClasses,
    seed = 0,
    debug = false,
  }: MixerOptions = {}) {
    this.#settings = settingsOf(method);
    checkLabelRule('Mixer', label);
    if (classes !== 'different' && classes !== 'same' && classes !== 'any') {
      throw new RangeError(`Mixer: classes must be 'different', 'same' or 'any', got '${classes}'`);
    }
    if (ratio !== 'uniform' && typeof ratio !== 'function') checkRatio('Mixer', Number(ratio), 1);
    if (numClasses !== undefined && !(Number.isInteger(numClasses) && numClasses >= 2)) {
      throw new RangeError(`Mixer: numClasses must be an integer of at least 2, got ${numClasses}`);
    }
    this.method = method;
    this.label = label;
    this.classes = classes;
    this.ratio = ratio;
    this.numClasses = numClasses;
    this.seed = seed;
    this.debug = debug;
    const random = createRandom(seed);
    this.#pairs = random.stream('pairs');
    this.#ratios = random.stream('ratio');
  }

  /**
   * Draws a partner and a ratio for each example.
   *
   * @param labels Class ids or rows. Tensors are read at once, which webgpu cannot do: there, keep
   * the ids as an array beside the batch.
   * @throws RangeError when an example has no admissible partner.
   */
  draw(labels: Labels): Draw {
    const ids = classIds('drawPairs', labels);
    return {
      partner: drawPartners(ids, this.#pairs, this.classes),
      ratio: drawRatios(ids.length, this.#ratios, this.ratio),
    };
  }

  /**
   * Mixes a batch by a draw. Draws nothing, and reads no tensor back unless `debug` is on.
   *
   * @param images `[B, …]`, rank 2 or more.
   * @param labels Class ids or rows, as many as images.
   * @returns New tensors, owned by the caller: images of the same shape, labels `[B, K]` float32.
   * @throws RangeError when images, labels and draw do not fit each other.
   */
  apply<T extends tf.Tensor>(
    images: T,
    labels: Labels,
    draw: Draw,
  ): { images: T; labels: tf.Tensor2D } {
    const count = checkBatch(images, draw);
    if (this.debug) checkFinite(images, count);
    const { partner, ratio } = draw;
    return tf.tidy(() => {
      const rows = labelRows('Mixer', labels, count, this.numClasses);
      if (this.debug) checkSums(rows);
      const second = tf.tensor1d(partner, 'int32');
      return {
        images: mixWaves(images, images, ratio, this.#settings, second),
        labels: mixLabels(rows, tf.gather(rows, second), ratio, { rule: this.label }),
      };
    });
  }

  /** Draws and applies. */
  mix<T extends tf.Tensor>(images: T, labels: Labels): { images: T; labels: tf.Tensor2D } {
    return this.apply(images, labels, this.draw(labels));
  }

  /** Where the draws stand: what was drawn after it is drawn again once it is restored. */
  state(): MixerState {
    return { pairs: this.#pairs.state(), ratio: this.#ratios.state() };
  }

  /** Goes on from a saved state. */
  restore(state: MixerState): void {
    const before = this.state();
    try {
      this.#pairs.restore(state.pairs);
      this.#ratios.restore(state.ratio);
    } catch (error) {
      this.#pairs.restore(before.pairs);
      throw error;
    }
  }

  /**
   * The settings as JSON, for `Mixer.fromConfig`; not where the draws stand.
   *
   * @throws TypeError when ratios are drawn by a function, which JSON cannot hold.
   */
  getConfig(): MixerConfig {
    const { method, label, classes, ratio, numClasses, seed, debug } = this;
    if (typeof ratio === 'function') {
      throw new TypeError(
        "getConfig: ratio must be 'uniform' or a number to be written, got a function; keep the other options yourself",
      );
    }
    const size = numClasses === undefined ? {} : { numClasses };
    return { method, label, classes, ratio, ...size, seed, debug };
  }

  /** A mixer of these settings, its draws at their start. */
  static fromConfig(config: MixerConfig): Mixer {
    return new Mixer(config);
  }
}

function settingsOf(method: MixMethod | BetweenClassOptions): BetweenClassOptions {
  if (typeof method === 'object' && method !== null) return method;
  const settings = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!settings) {
    throw new RangeError(
      `Mixer: method must be one of ${Object.keys(METHODS).join(', ')} or settings of betweenClass, got '${method}'`,
    );
  }
  return settings;
}

/** The batch size, once images and draw agree on it. */
function checkBatch(images: tf.Tensor, { partner, ratio }: Draw): number {
  if (images.rank < 2) {
    throw new RangeError(`Mixer: images must be a batch, [B, …], got ${shapeText(images)}`);
  }
  const count = images.shape[0] as number;
  if (partner.length !== count) {
    throw new RangeError(
      `Mixer: a draw for ${count} images is needed, got one for ${partner.length}`,
    );
  }
  const stray = partner.find((index) => !(index >= 0 && index < count));
  if (stray !== undefined) {
    throw new RangeError(`Mixer: partners must be from 0 to ${count - 1}, got ${stray}`);
  }
  checkRatio('Mixer', ratio, count);
  return count;
}

function checkFinite(images: tf.Tensor, count: number): void {
  const values = images.dataSync();
  const size = values.length / count;
  const bad = new Set<number>();
  let first = Number.NaN;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    if (bad.size === 0) first = value;
    bad.add(Math.floor(i / size));
  });
  if (bad.size > 0) {
    const [where] = bad;
    throw new RangeError(
      `Mixer: images must be finite, got ${first} in image ${where}, ${bad.size} of ${count} in all; check the file and its preprocessing`,
    );
  }
}

function checkSums(rows: tf.Tensor2D): void {
  const sums = tf.sum(rows, 1).dataSync();
  const row = sums.findIndex((sum) => !(Math.abs(sum - 1) <= SUM_TOLERANCE));
  if (row >= 0) {
    throw new RangeError(`Mixer: label rows must sum to 1, got ${sums[row]} in row ${row}`);
  }
}
