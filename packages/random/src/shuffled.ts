import type { Random } from './createRandom.js';

/**
 * Draws an order of 0, 1, … `n` − 1, every order as likely as the others (Fisher and Yates).
 *
 * @throws RangeError when `n` is not an integer of at least 0.
 *
 * @example
 * ```ts
 * import { createRandom, shuffled } from '@bcl/random';
 *
 * shuffled(createRandom(1), 4).sort(); // => [0, 1, 2, 3]
 * ```
 */
export function shuffled(random: Random, n: number): Int32Array {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new RangeError(`shuffled: n must be an integer of at least 0, got ${n}`);
  }
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
