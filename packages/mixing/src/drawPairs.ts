import type { Random } from '@bcl/random';
import { classIds, type Labels } from './classIds.js';
import { drawPartners, type PairedClasses } from './drawPartners.js';
import { drawRatios, type RatioRule } from './drawRatios.js';

/** Which partner each example gets and its share in the mix. */
export interface Draw {
  /** Index of the second example within the batch, `[B]`; never the example itself. */
  readonly partner: Int32Array;
  /** Share of the first example, `[B]`, 0 to 1. */
  readonly ratio: Float32Array;
}

export interface DrawPairsOptions {
  /** Where chance comes from. */
  readonly random: Random;
  /** Which classes an example is paired with. Default `'different'`, the paper's N = 2. */
  readonly classes?: PairedClasses;
  /** Default `'uniform'`. */
  readonly ratio?: RatioRule;
}

/**
 * Draws for each example of a batch a partner in the same batch, uniform over all that `classes`
 * admits and never itself, and a ratio. First all partners are drawn, then all ratios.
 *
 * @param labels Class ids, `[B]`, or rows over classes, `[B, K]`, whose largest entry is the class.
 * @throws RangeError when an example has no admissible partner, or a ratio lies outside 0..1.
 *
 * @example
 * ```ts
 * import { drawPairs } from '@bcl/mixing';
 * import { createRandom } from '@bcl/random';
 *
 * const { partner, ratio } = drawPairs([3, 8], { random: createRandom(1), ratio: 0.5 });
 * partner; // => [1, 0]
 * ratio; // => [0.5, 0.5]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284. Their code draws both examples from the whole
 * training set; here each example of a shuffled batch is the first of one pair, so that
 * an epoch reads every image once and no second batch is loaded.
 */
export function drawPairs(
  labels: Labels,
  { random, classes = 'different', ratio = 'uniform' }: DrawPairsOptions,
): Draw {
  const ids = classIds('drawPairs', labels);
  const partner = drawPartners(ids, random, classes);
  return { partner, ratio: drawRatios(ids.length, random, ratio) };
}
