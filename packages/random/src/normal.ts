import type { Random } from './createRandom.js';

/**
 * Draws from the standard normal distribution, mean 0 and standard deviation 1.
 *
 * Box and Muller's transform, of which only one of the two numbers is used: each call takes exactly
 * two draws, so nothing is held back that a saved state would miss.
 *
 * @example
 * ```ts
 * import { normal } from '@bcl/random';
 *
 * normal(() => 0); // => 0
 * ```
 */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log1p(-random()));
  return radius * Math.cos(2 * Math.PI * random());
}
