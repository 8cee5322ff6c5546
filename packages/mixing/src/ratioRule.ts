import type { Random } from '@bcl/random';
import { beta, checkBeta } from './beta.js';
import { checkShare } from './ratio.js';

/**
 * How ratios are drawn, the share of the first example, 0 to 1:
 *
 * - `'uniform'`: U(0, 1), the paper's;
 * - a number: always that;
 * - `{ uniform: [0.5, 1] }`: uniform between two numbers;
 * - `{ beta: 0.2 }`, `{ beta: [2, 1] }`: Beta(α, α) as in Mixup, or Beta(a, b);
 * - `{ scale: [0.1, 0.8] }`: 1 − s², s uniform: what a second image of s times the height and width
 *   leaves of the first, as in ResizeMix;
 * - `{ curriculum: { epochs: 100 } }`: the BC paper's suggestion, see {@link Curriculum};
 * - `{ schedule: [[1, { beta: 0.2 }], [50, 'uniform']] }`: each rule from its epoch on;
 * - a function of yours, of the generator and the epoch, which counts from 1.
 */
export type RatioRule = RatioSettings | ((random: Random, epoch: number) => number);

/** The rules that JSON can hold. */
export type RatioSettings =
  | 'uniform'
  | number
  | { readonly uniform: readonly [from: number, to: number] }
  | { readonly beta: number | readonly [a: number, b: number] }
  | { readonly scale: readonly [from: number, to: number] }
  | { readonly curriculum: Curriculum }
  | { readonly schedule: readonly (readonly [epoch: number, rule: RatioSettings])[] };

/**
 * Ratios near 0 or 1 at first, that is nearly pure examples, and uniform in the end: Beta(α, α) whose
 * α grows from `start` in epoch 1 by equal factors to 1 in epoch `epochs`, and stays there. The paper
 * suggests it (section 4.1) without a formula or a result: the formula is ours.
 */
export interface Curriculum {
  /** The first epoch with uniform ratios, at least 2. */
  readonly epochs: number;
  /** α of epoch 1, above 0 and at most 1. Default 0.1: three ratios of four lie within 0.05 of 0 or 1. */
  readonly start?: number;
}

/**
 * The source of ratios that a rule means in an epoch.
 *
 * @throws RangeError or TypeError in the name of `name` when there is no such rule.
 */
export function ratioSource(
  name: string,
  rule: RatioRule,
  epoch: number,
): (random: Random) => number {
  if (rule === 'uniform') return uniform;
  if (typeof rule === 'number') {
    checkShare(name, rule);
    return () => rule;
  }
  if (typeof rule === 'function') {
    return (random) => {
      const drawn = rule(random, epoch);
      checkShare(name, drawn);
      return drawn;
    };
  }
  if (typeof rule === 'object' && rule !== null) {
    if ('uniform' in rule) {
      const [from, to] = range(name, 'uniform', rule.uniform);
      return (random) => from + (to - from) * uniform(random);
    }
    if ('scale' in rule) {
      const [from, to] = range(name, 'scale', rule.scale);
      return (random) => 1 - (from + (to - from) * uniform(random)) ** 2;
    }
    if ('beta' in rule) {
      const [a, b] = betaParameters(name, rule.beta);
      return (random) => beta(random, a, b);
    }
    if ('curriculum' in rule) {
      const alpha = alphaAt(name, rule.curriculum, epoch);
      return (random) => beta(random, alpha);
    }
    if ('schedule' in rule) return ratioSource(name, ruleAt(name, rule.schedule, epoch), epoch);
  }
  throw new TypeError(
    `${name}: ratio must be 'uniform', a number, settings such as { beta: 0.2 } or a function, got ${JSON.stringify(rule)}`,
  );
}

/** Refuses a rule that is wrong in any epoch, before anything is drawn. */
export function checkRatioRule(name: string, rule: RatioRule): void {
  ratioSource(name, rule, 1);
  if (typeof rule !== 'object' || !('schedule' in rule)) return;
  for (const [, later] of rule.schedule) checkRatioRule(name, later);
}

/** Numbers in [0, 1) that float32 holds exactly; rounding a finer one could give 1. */
export function uniform(random: Random): number {
  return Math.floor(random() * 2 ** 24) / 2 ** 24;
}

function range(
  name: string,
  key: string,
  given: readonly [number, number],
): readonly [number, number] {
  const two = Array.isArray(given) && given.length === 2;
  if (!(two && given[0] >= 0 && given[0] <= given[1] && given[1] <= 1)) {
    throw new RangeError(
      `${name}: ratio's ${key} must be two numbers in 0..1, the smaller first, got ${JSON.stringify(given)}`,
    );
  }
  return given;
}

function betaParameters(
  name: string,
  given: number | readonly [number, number],
): readonly [number, number] {
  const both = (Array.isArray(given) ? given : [given, given]) as readonly number[];
  const [a, b] = both;
  if (both.length !== 2 || typeof a !== 'number' || typeof b !== 'number') {
    throw new TypeError(
      `${name}: ratio's beta must be a number or two, got ${JSON.stringify(given)}`,
    );
  }
  checkBeta(name, a, b);
  return [a, b];
}

/** α of {@link Curriculum} in an epoch. */
function alphaAt(name: string, { epochs, start = 0.1 }: Curriculum, epoch: number): number {
  if (!(Number.isInteger(epochs) && epochs >= 2)) {
    throw new RangeError(`${name}: a curriculum must have 2 epochs or more, got ${epochs}`);
  }
  if (!(start > 0 && start <= 1)) {
    throw new RangeError(`${name}: a curriculum must start above 0 and at most at 1, got ${start}`);
  }
  return start ** Math.max(0, (epochs - epoch) / (epochs - 1));
}

/** The rule of the last entry that has begun. */
function ruleAt(
  name: string,
  schedule: readonly (readonly [epoch: number, rule: RatioSettings])[],
  epoch: number,
): RatioSettings {
  const epochs = schedule.map(([from]) => from);
  const rising = epochs.every((from, i) => i === 0 || from > (epochs[i - 1] as number));
  if (epochs[0] !== 1 || !rising || !epochs.every(Number.isInteger)) {
    throw new RangeError(
      `${name}: a schedule must have rising epochs that begin with 1, got [${epochs.join(', ')}]`,
    );
  }
  const begun = schedule.filter(([from]) => from <= epoch);
  return (begun.at(-1) as readonly [number, RatioSettings])[1];
}
