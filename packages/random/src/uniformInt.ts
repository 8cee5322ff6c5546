import type { Random } from './createRandom.js';

/**
 * Draws one of 0, 1, … `n` − 1, each as likely as the others.
 *
 * @throws RangeError when `n` is not a positive integer.
 *
 * @example
 * ```ts
 * import { createRandom, uniformInt } from '@bcl/random';
 *
 * uniformInt(createRandom(1), 1); // => 0
 * ```
 */
export function uniformInt(random: Random, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new RangeError(`uniformInt: n must be a positive integer, got ${n}`);
  }
  return Math.floor(random() * n);
}
