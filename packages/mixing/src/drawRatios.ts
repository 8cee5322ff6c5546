import type { Random } from '@bcl/random';
import { checkRatio } from './ratio.js';

/** Ratios uniform in [0, 1), always one number, or drawn by a function of yours. */
export type RatioRule = 'uniform' | number | ((random: Random) => number);

/** Draws `count` ratios by a rule, in order. */
export function drawRatios(count: number, random: Random, ratio: RatioRule): Float32Array {
  if (ratio === 'uniform') return Float32Array.from({ length: count }, () => uniform(random));
  if (typeof ratio !== 'function' && typeof ratio !== 'number') {
    throw new TypeError(
      `drawPairs: ratio must be 'uniform', a number or a function, got ${JSON.stringify(ratio)}`,
    );
  }
  const drawn = Array.from({ length: count }, () =>
    typeof ratio === 'function' ? ratio(random) : ratio,
  );
  checkRatio('drawPairs', drawn, count);
  return Float32Array.from(drawn);
}

/** Numbers in [0, 1) that float32 holds exactly; rounding a finer one could give 1. */
function uniform(random: Random): number {
  return Math.floor(random() * 2 ** 24) / 2 ** 24;
}
