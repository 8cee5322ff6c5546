import { createRandom, type RandomState, type SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import type { BetweenClassOptions } from './betweenClass.js';
import { classesOf, type Labels } from './classIds.js';
import { checkFinite, checkSums } from './debugChecks.js';
import { drawBoxes, type ImageSize } from './drawBoxes.js';
import { type Draw, withRatios } from './drawPairs.js';
import { drawTuples, type SetDraw } from './drawPairsFrom.js';
import { drawPartners, type Partners } from './drawPartners.js';
import { labelRows } from './labelRows.js';
import type { MixMethod } from './methods.js';
import { checkDraw, mixByDraw, mixRowsByDraw } from './mixByDraw.js';
import { chanceAt, type MixChance } from './mixChance.js';
import { checkLabelRule, type LabelRule } from './mixLabels.js';
import { type MixRule, type ResolvedRule, resolveRule, type WeightedRule } from './mixRule.js';
import type { RatioSettings } from './ratioRule.js';

export interface MixerOptions extends MixRule {
  /**
   * Several rules, of which one is drawn for each batch, as likely as its `weight` is large. What an entry
   * leaves out is taken from the mixer's own options.
   */
  readonly oneOf?: readonly WeightedRule[];
  /** How labels are mixed. Default `'ratio'`. */
  readonly label?: LabelRule;
  /** How many classes there are; needed where labels are class ids. */
  readonly numClasses?: number;
  /** Height and width of the images: boxes are drawn for it. `mix` sees it for itself. */
  readonly size?: ImageSize;
  /** Where chance starts. Default 0. */
  readonly seed?: number | string;
  /**
   * Reads images and label rows back and refuses numbers that are not finite and rows that neither sum to 1
   * nor are multi-hot. Needs a backend that can be read at once: cpu, wasm, tensorflow, not webgpu. Slow.
   * Default false.
   */
  readonly debug?: boolean;
}

/** The settings of a mixer as plain JSON. */
export interface MixerConfig extends MixerOptions {
  readonly ratio?: RatioSettings;
  readonly chance?: Exclude<MixChance, (epoch: number) => number>;
}

/** Where a mixer's draws stand, as plain JSON. */
export interface MixerState extends Readonly<Record<StreamName, RandomState>> {
  readonly epoch: number;
}

/** What each stream of a mixer's chance is for. */
const STREAMS = ['pairs', 'ratio', 'rule', 'chance', 'box'] as const;
type StreamName = (typeof STREAMS)[number];

/**
 * Mixes a batch with itself: draws a partner and a ratio for each example, then mixes images and
 * labels by that draw.
 *
 * Drawing is apart from applying. A draw is a few small arrays: it can be looked at, kept, sent to
 * another thread and applied again. Each purpose has a stream of the seed (`pairs`, `ratio`, `rule`,
 * `chance`, `box`), so that a change to one leaves the others as they were.
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
  /** The mixer's own, or those of the first of several rules. */
  readonly method: MixMethod | BetweenClassOptions;
  readonly classes: ResolvedRule['classes'];
  readonly ratio: ResolvedRule['ratio'];
  readonly chance: MixChance;
  readonly oneOf: readonly WeightedRule[] | undefined;
  readonly label: LabelRule;
  readonly numClasses: number | undefined;
  readonly size: ImageSize | undefined;
  readonly seed: number | string;
  readonly debug: boolean;
  readonly #rules: readonly ResolvedRule[];
  readonly #streams: Readonly<Record<StreamName, SeededRandom>>;
  #epoch = 1;

  constructor({
    oneOf,
    label = 'ratio',
    numClasses,
    size,
    seed = 0,
    debug = false,
    ...own
  }: MixerOptions = {}) {
    if (oneOf?.length === 0) throw new RangeError('Mixer: oneOf must have a rule, got none');
    this.#rules = (oneOf ?? [{}]).map((entry) => resolveRule('Mixer', own, entry));
    if (!this.#rules.some(({ weight }) => weight > 0)) {
      throw new RangeError('Mixer: oneOf must have a rule of a weight above 0, got none');
    }
    checkLabelRule('Mixer', label);
    if (numClasses !== undefined && !(Number.isInteger(numClasses) && numClasses >= 2)) {
      throw new RangeError(`Mixer: numClasses must be an integer of at least 2, got ${numClasses}`);
    }
    const [{ method, classes, ratio, chance }] = this.#rules as [ResolvedRule];
    this.method = method;
    this.classes = classes;
    this.ratio = ratio;
    this.chance = chance;
    this.oneOf = oneOf;
    this.label = label;
    this.numClasses = numClasses;
    this.size = size;
    this.seed = seed;
    this.debug = debug;
    const random = createRandom(seed);
    this.#streams = Object.fromEntries(
      STREAMS.map((name) => [name, random.stream(name)]),
    ) as Record<StreamName, SeededRandom>;
  }

  /** Which epoch it is, from 1, for what changes with it: set it as each epoch begins. */
  get epoch(): number {
    return this.#epoch;
  }

  set epoch(epoch: number) {
    if (!(Number.isInteger(epoch) && epoch >= 1)) {
      throw new RangeError(`Mixer: epoch must be an integer of at least 1, got ${epoch}`);
    }
    this.#epoch = epoch;
  }

  /**
   * Whether any of its rules takes from each image its own mean: then images that are evaluated must
   * lose theirs, too.
   */
  get takesMean(): boolean {
    return this.#rules.some(({ plan }) => plan.waves?.zeroMean === true);
  }

  /** Whether each example of a batch has the partners that it needs, by any of the rules. */
  canDraw(labels: Labels): boolean {
    const classes = classesOf('Mixer', labels);
    return this.#rules.every((rule) => {
      try {
        // Whom it is, is of no interest, so no stream of the mixer is drawn from.
        const most = rule.classes === '2 or 3' ? 3 : rule.classes;
        drawPartners('Mixer', classes, createRandom('any'), most);
        return true;
      } catch {
        return false;
      }
    });
  }

  /**
   * Draws a partner and a ratio for each example of a batch.
   *
   * @param labels Class ids or rows. Tensors are read at once, which webgpu cannot do: there, keep
   * the ids as an array beside the batch.
   * @param options.size Height and width of the images where they are not the mixer's own `size`.
   * @throws RangeError when an example has no admissible partner, or a size is needed and not known.
   */
  draw(labels: Labels, { size = this.size }: { readonly size?: ImageSize } = {}): Draw {
    const index = this.#drawRule();
    const { classes } = this.#rules[index] as ResolvedRule;
    const ids = classesOf('drawPairs', labels);
    return this.#finish(drawPartners('drawPairs', ids, this.#streams.pairs, classes), index, size);
  }

  /**
   * Draws `count` mixes from a whole set, see {@link drawPairsFrom}: indices into it for all examples.
   * Apply it to images and labels of the whole set, or read those examples and mix them yourself.
   * Drawing 128 is the same as drawing 64 twice, where there is one rule.
   *
   * @param labels Of the whole set.
   * @param options.weights How readily each class is drawn, by id; equal unless told.
   * @throws RangeError when there is no admissible pair, or a size is needed and not known.
   */
  drawFrom(
    labels: Labels,
    count: number,
    {
      size = this.size,
      weights,
    }: { readonly size?: ImageSize; readonly weights?: ArrayLike<number> } = {},
  ): SetDraw {
    const index = this.#drawRule();
    const { classes } = this.#rules[index] as ResolvedRule;
    const { pairs } = this.#streams;
    const { first, ...partners } = drawTuples(
      'drawPairsFrom',
      labels,
      count,
      pairs,
      classes,
      weights,
    );
    return { first, ...this.#finish(partners, index, size) };
  }

  /**
   * Mixes a batch by a draw. Draws nothing, and reads no tensor back unless `debug` is on.
   *
   * @param images `[B, …]`, rank 2 or more.
   * @param labels Class ids or rows, as many as images.
   * @returns New tensors, owned by the caller: images of the same shape, as many as were drawn, labels
   * `[B, K]` float32.
   * @throws RangeError when images, labels and draw do not fit each other.
   */
  apply<T extends tf.Tensor>(
    images: T,
    labels: Labels,
    draw: Draw,
  ): { images: T; labels: tf.Tensor2D } {
    const { plan } = this.#ruleOf(draw);
    checkDraw('Mixer', images, draw, plan);
    if (this.debug) checkFinite('Mixer', images);
    return tf.tidy(() => {
      const count = images.shape[0] as number;
      const rows = labelRows('Mixer', labels, count, this.numClasses);
      if (this.debug) checkSums('Mixer', rows);
      return {
        images: mixByDraw(images, draw, plan),
        labels: mixRowsByDraw(rows, draw, this.label),
      };
    });
  }

  /** Mixes images alone by a draw, as `apply` does; for labels as `labelPairs` gives them. */
  applyImages<T extends tf.Tensor>(images: T, draw: Draw): T {
    const { plan } = this.#ruleOf(draw);
    checkDraw('Mixer', images, draw, plan);
    if (this.debug) checkFinite('Mixer', images);
    return tf.tidy(() => mixByDraw(images, draw, plan));
  }

  /**
   * Mixes labels alone by a draw, as `apply` does; for images that are mixed elsewhere, such as by the
   * layer `MixAt`.
   */
  applyLabels(labels: Labels, draw: Draw): tf.Tensor2D {
    const count = labels instanceof tf.Tensor ? (labels.shape[0] ?? 0) : labels.length;
    return tf.tidy(() => {
      const rows = labelRows('Mixer', labels, count, this.numClasses);
      checkDraw('Mixer', rows, draw, {});
      if (this.debug) checkSums('Mixer', rows);
      return mixRowsByDraw(rows, draw, this.label);
    });
  }

  /** Draws and applies. */
  mix<T extends tf.Tensor>(images: T, labels: Labels): { images: T; labels: tf.Tensor2D } {
    const [, height, width] = images.shape;
    const size = images.rank === 4 ? ([height, width] as ImageSize) : this.size;
    return this.apply(images, labels, this.draw(labels, size && { size }));
  }

  /** Where the draws stand: what was drawn after it is drawn again once it is restored. */
  state(): MixerState {
    const states = STREAMS.map((name) => [name, this.#streams[name].state()]);
    return { ...Object.fromEntries(states), epoch: this.#epoch };
  }

  /** Goes on from a saved state. */
  restore(state: MixerState): void {
    const before = this.state();
    try {
      for (const name of STREAMS) this.#streams[name].restore(state[name]);
      this.epoch = state.epoch;
    } catch (error) {
      for (const name of STREAMS) this.#streams[name].restore(before[name]);
      throw error;
    }
  }

  /**
   * The settings as JSON, for `Mixer.fromConfig`; not where the draws stand.
   *
   * @throws TypeError when a function draws ratios or gives the chance, which JSON cannot hold.
   */
  getConfig(): MixerConfig {
    for (const rule of this.#rules) {
      for (const key of ['ratio', 'chance'] as const) {
        if (typeof rule[key] === 'function') {
          throw new TypeError(
            `getConfig: ${key} must be settings to be written, got a function; keep the other options yourself`,
          );
        }
      }
    }
    const { label, numClasses, size, seed, debug } = this;
    const rules = this.#rules.map(({ method, classes, ratio, chance, weight }) => ({
      method,
      classes,
      ratio,
      chance,
      weight,
    }));
    const { weight: _, ...only } = rules[0] as (typeof rules)[number];
    return {
      ...(this.oneOf ? { oneOf: rules } : only),
      label,
      ...(numClasses === undefined ? {} : { numClasses }),
      ...(size === undefined ? {} : { size }),
      seed,
      debug,
    } as MixerConfig;
  }

  /** A mixer of these settings, its draws at their start. */
  static fromConfig(config: MixerConfig): Mixer {
    return new Mixer(config);
  }

  /** Which rule the next batch is mixed by. */
  #drawRule(): number {
    if (!this.oneOf) return 0;
    const total = this.#rules.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.#streams.rule() * total;
    const index = this.#rules.findIndex(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return index < 0 ? this.#rules.length - 1 : index;
  }

  #ruleOf({ rule = 0 }: Draw): ResolvedRule {
    const own = this.#rules[rule];
    if (!own) {
      throw new RangeError(
        `Mixer: a draw must be by one of ${this.#rules.length} rules, got rule ${rule}`,
      );
    }
    return own;
  }

  /** Adds ratios, what the chance leaves unmixed, and boxes. */
  #finish(partners: Partners, index: number, size: ImageSize | undefined): Draw {
    const { ratio, chance, plan } = this.#rules[index] as ResolvedRule;
    const { ratio: ratios, chance: spared, box: boxes } = this.#streams;
    let draw = withRatios('drawPairs', partners, ratios, ratio, this.#epoch);
    const mixed = chanceAt('Mixer', chance, this.#epoch);
    if (mixed < 1) draw = withPure(draw, () => spared() >= mixed);
    if (plan.paste) {
      if (!size) {
        throw new RangeError(
          'Mixer: boxes need the size of the images, got none; set size: [height, width] in its options',
        );
      }
      const { border } = plan.paste;
      draw = { ...draw, ...drawBoxes(draw.ratio, size, { random: boxes, border }) };
    }
    return this.oneOf ? { ...draw, rule: index } : draw;
  }
}

/** A draw in which some are themselves alone. */
function withPure({ ratio, third, ...draw }: Draw, isPure: () => boolean): Draw {
  const pure = Array.from(ratio, isPure);
  const shares = ratio.map((r, i) => (pure[i] ? 1 : r));
  if (!third) return { ...draw, ratio: shares };
  const rest = third.ratio.map((r, i) => (pure[i] ? 0 : r));
  return { ...draw, ratio: shares, third: { ...third, ratio: rest } };
}
