import type { Random } from '@bcl/random';
import { logGamma } from './logGamma.js';
import { type RatioRule, ratioSource, uniform } from './ratioRule.js';

/** Draws `count` ratios by a rule, in order. */
export function drawRatios(
  name: string,
  count: number,
  random: Random,
  rule: RatioRule,
  epoch: number,
): Float32Array {
  const draw = ratioSource(name, rule, epoch);
  return new Float32Array(count).map(() => draw(random));
}

/** Shares of the first and the third example, in order, where three are mixed; two have a third share of 0. */
export function drawShares(
  name: string,
  three: ArrayLike<boolean>,
  random: Random,
  rule: RatioRule,
  epoch: number,
): { first: Float32Array; third: Float32Array } {
  const draw = ratioSource(name, rule, epoch);
  const first = new Float32Array(three.length);
  const third = new Float32Array(three.length);
  for (let i = 0; i < three.length; i++) {
    [first[i], third[i]] = three[i] ? shareOfThree(random, rule, draw) : [draw(random), 0];
  }
  return { first, third };
}

/**
 * Shares r1 and r3 of three, r2 = 1 − r1 − r3. The paper does not say how it draws three; ours are
 *
 * - uniform over the triangle r1 + r2 + r3 = 1 for the rule `'uniform'`: the flat Dirichlet distribution,
 *   as the three pieces of a stick that is broken at two uniform places;
 * - Dirichlet(α, α, α) for `{ beta: α }`, of which Beta(α, α) is the case of two;
 * - for any other rule, r1 by the rule and the rest split at a uniform place.
 */
function shareOfThree(
  random: Random,
  rule: RatioRule,
  draw: (random: Random) => number,
): [first: number, third: number] {
  if (rule === 'uniform') {
    const [u, v] = [uniform(random), uniform(random)];
    return [Math.min(u, v), 1 - Math.max(u, v)];
  }
  if (typeof rule === 'object' && 'beta' in rule && typeof rule.beta === 'number') {
    const { beta } = rule;
    const logs = [logGamma(random, beta), logGamma(random, beta), logGamma(random, beta)];
    const largest = Math.max(...logs);
    const [a, b, c] = logs.map((log) => Math.exp(log - largest)) as [number, number, number];
    return [a / (a + b + c), c / (a + b + c)];
  }
  const first = Math.fround(draw(random));
  return [first, (1 - first) * uniform(random)];
}
