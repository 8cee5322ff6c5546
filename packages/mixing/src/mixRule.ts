import type { BetweenClassOptions } from './betweenClass.js';
import { checkPaired, type PairedClasses } from './drawPartners.js';
import { type MethodPlan, type MixMethod, methodPlan } from './methods.js';
import { chanceAt, type MixChance } from './mixChance.js';
import { checkRatioRule, type RatioRule } from './ratioRule.js';

/** Who is mixed with whom, in which shares, and how. */
export interface MixRule {
  /** How images are mixed: by name, or by the settings of `betweenClass`. Default `'bc+'`. */
  readonly method?: MixMethod | BetweenClassOptions;
  /** Which classes are paired. Default the method's: `'different'` for BC and BC+, else `'any'`. */
  readonly classes?: PairedClasses;
  /** How ratios are drawn. Default the method's: `'uniform'`, for ResizeMix `{ scale: [0.1, 0.8] }`. */
  readonly ratio?: RatioRule;
  /** How likely an example is mixed at all. Default 1. */
  readonly chance?: MixChance;
}

/** A rule among several. */
export interface WeightedRule extends MixRule {
  /** How likely it is, relative to the others. Default 1. */
  readonly weight?: number;
}

export interface ResolvedRule extends Required<WeightedRule> {
  readonly plan: MethodPlan;
}

/** A rule with nothing left out: first its own settings, then the mixer's, then the method's. */
export function resolveRule(name: string, own: MixRule, entry: WeightedRule): ResolvedRule {
  const method = entry.method ?? own.method ?? 'bc+';
  const plan = methodPlan(name, method);
  const classes = entry.classes ?? own.classes ?? plan.classes;
  const ratio = entry.ratio ?? own.ratio ?? plan.ratio;
  const chance = entry.chance ?? own.chance ?? 1;
  const { weight = 1 } = entry;
  checkPaired(name, classes);
  if (plan.paste && (classes === 3 || classes === '2 or 3')) {
    throw new RangeError(`${name}: ${method} mixes two images, got classes ${classes}; use 'any'`);
  }
  checkRatioRule(name, ratio);
  chanceAt(name, chance, 1);
  if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${name}: weight must be finite and not negative, got ${weight}`);
  }
  return { method, classes, ratio, chance, weight, plan };
}
