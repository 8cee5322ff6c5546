import type { Random } from '@bcl/random';
import { classesOf, type Labels } from './classIds.js';
import { drawPartners, type PairedClasses, type Partners } from './drawPartners.js';
import { drawRatios, drawShares } from './drawRatios.js';
import type { RatioRule } from './ratioRule.js';

/** Which partner each example gets and its share in the mix: all that mixing leaves to chance. */
export interface Draw {
  /** Index of the first example, where it is not the one in the same place of the batch, `[B]`. */
  readonly first?: Int32Array;
  /** Index of the second example, `[B]`; never the first itself. */
  readonly partner: Int32Array;
  /** Share of the first example, `[B]`, 0 to 1. */
  readonly ratio: Float32Array;
  /** Third examples; absent where no mix has one. */
  readonly third?: {
    /** Index, `[B]`. */
    readonly partner: Int32Array;
    /** Share, `[B]`, 0 where a mix has only two; the second example's is 1 less both others. */
    readonly ratio: Float32Array;
  };
  /** Where the second image is pasted: top, left, bottom, right, the last two outside, `[B, 4]`. */
  readonly box?: Int32Array;
  /** Which of a mixer's rules was drawn, where it has several. */
  readonly rule?: number;
}

export interface DrawPairsOptions {
  /** Where chance comes from. */
  readonly random: Random;
  /** Which classes an example is paired with. Default `'different'`, the paper's N = 2. */
  readonly classes?: PairedClasses;
  /** Default `'uniform'`. */
  readonly ratio?: RatioRule;
  /** Which epoch it is, from 1, for ratios that change with it. Default 1. */
  readonly epoch?: number;
}

/**
 * Draws for each example of a batch a partner in the same batch, uniform over all that `classes`
 * admits and never itself, and a ratio. First all partners are drawn, then all ratios. Where three
 * are mixed, both others are drawn uniform over all admissible pairs of them, and the shares of
 * three are uniform over all there are (see {@link RatioRule} and the README).
 *
 * Each example is the first of one mix, but those of frequent classes are partners less often:
 * a class whose share of the batch is π has π Σ π' / (1 − π') of the partners, the sum over the other
 * classes.
 *
 * @param labels Class ids, `[B]`, or rows over classes, `[B, K]`, whose largest entry is the class;
 * the classes of multi-hot rows are all their ones.
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
 * training set, as {@link drawPairsFrom} does; here each example of a shuffled batch is the first of
 * one pair, so that an epoch reads every image once and no second batch is loaded.
 */
export function drawPairs(
  labels: Labels,
  { random, classes = 'different', ratio = 'uniform', epoch = 1 }: DrawPairsOptions,
): Draw {
  const partners = drawPartners('drawPairs', classesOf('drawPairs', labels), random, classes);
  return withRatios('drawPairs', partners, random, ratio, epoch);
}

/** A draw of these partners, with ratios. */
export function withRatios(
  name: string,
  { partner, third }: Partners,
  random: Random,
  ratio: RatioRule,
  epoch: number,
): Draw {
  if (!third) return { partner, ratio: drawRatios(name, partner.length, random, ratio, epoch) };
  const shares = drawShares(name, third.three, random, ratio, epoch);
  return {
    partner,
    ratio: shares.first,
    third: { partner: third.partner, ratio: shares.third },
  };
}
