import type { Random } from '@bcl/random';
import { logGamma } from './logGamma.js';

/**
 * Draws from the beta distribution, as Mixup draws its ratios: Beta(1, 1) is uniform, smaller
 * numbers favour the ends of 0..1, larger ones the middle. For a ratio rule of your own;
 * `{ beta: 0.2 }` is the rule itself.
 *
 * Ga / (Ga + Gb) of two gamma draws, taken as logarithms so that Beta(0.001, 0.001) is not 0/0.
 * Takes an unforeseen number of draws.
 *
 * @param a Positive; below 1 it pulls towards 0.
 * @param b Positive; `a` unless told.
 * @throws RangeError when `a` or `b` is not positive and finite.
 *
 * @example
 * ```ts
 * import { beta } from '@bcl/mixing';
 * import { createRandom } from '@bcl/random';
 *
 * const random = createRandom(1);
 * const share = beta(random, 0.2);
 * share >= 0 && share <= 1; // => true
 * ```
 */
export function beta(random: Random, a: number, b: number = a): number {
  checkBeta('beta', a, b);
  const [logA, logB] = [logGamma(random, a), logGamma(random, b)];
  return 1 / (1 + Math.exp(logB - logA));
}

/** Refuses parameters that no beta distribution has. */
export function checkBeta(name: string, a: number, b: number): void {
  for (const value of [a, b]) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${name}: beta must be of positive finite numbers, got ${a}${a === b ? '' : ` and ${b}`}`,
      );
    }
  }
}
