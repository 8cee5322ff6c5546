import { type Random, shuffled } from '@bcl/random';
import { checkDataset, type Dataset, show } from './dataset.js';
import { indicesByClass } from './indicesByClass.js';
import { subset } from './subset.js';

export interface LongTailProfile {
  /** How many times as many images the first class keeps as the last; 10 to 200 in papers. */
  readonly imbalance: number;
  /**
   * `'exponential'`, each class fewer than the one before by the same factor, or `'step'`, the first half of
   * the classes all and the second half the fewest. Default `'exponential'`.
   */
  readonly profile?: 'exponential' | 'step';
}

export interface LongTailOptions extends LongTailProfile {
  /** Chooses the images that are kept. */
  readonly random: Random;
}

/**
 * How many images each class keeps in a long-tailed version of a balanced set: class `i` of `C`
 *
 *     ⌊largest · imbalance^(−i / (C − 1))⌋
 *
 * by the exponential profile, and `largest` or `⌊largest / imbalance⌋` by steps.
 *
 * @param largest Images of a class in the balanced set.
 * @throws RangeError when `imbalance` is below 1, or so large that a class would keep none.
 *
 * @example
 * ```ts
 * import { longTailCounts } from '@bcl/datasets';
 *
 * longTailCounts(10, 5000, { imbalance: 100 }); // => [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]
 * ```
 *
 * @see Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", arXiv:1901.05555, and their
 * code, data_utils.py; for steps Buda et al., arXiv:1710.05381.
 */
export function longTailCounts(
  classes: number,
  largest: number,
  { imbalance, profile = 'exponential' }: LongTailProfile,
): number[] {
  if (!(Number.isFinite(imbalance) && imbalance >= 1)) {
    throw new RangeError(
      `longTailCounts: imbalance must be a number from 1, got ${show(imbalance)}`,
    );
  }
  if (profile !== 'exponential' && profile !== 'step') {
    throw new RangeError(
      `longTailCounts: profile must be 'exponential' or 'step', got ${show(profile)}`,
    );
  }
  // The share of the last class as the authors' code has it: other forms round other counts down.
  const share = 1 / imbalance;
  const counts = Array.from({ length: classes }, (_, i) => {
    if (profile === 'step') return Math.floor(i < classes / 2 ? largest : largest * share);
    return Math.floor(largest * share ** (classes > 1 ? i / (classes - 1) : 0));
  });
  const none = counts.indexOf(0);
  if (none >= 0) {
    throw new RangeError(
      `longTailCounts: every class must keep an image, got none of class ${none} with ${largest} at most and imbalance ${imbalance}; choose a smaller imbalance`,
    );
  }
  return counts;
}

/**
 * A long-tailed version of a data set: of each class {@link longTailCounts} images, chosen by chance and in
 * their old order. It is for training: test on the whole test set.
 *
 * The largest class counts as the size of all; of one that has fewer images than it would keep, all are kept.
 *
 * @example
 * ```ts
 * import { embedded, longTail } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const train = longTail(embedded({ size: 1000 }), { imbalance: 10, random: createRandom(1) });
 * train.labels.length; // => 403
 * train.name; // => 'embedded-lt10'
 * ```
 */
export function longTail(dataset: Dataset, options: LongTailOptions): Dataset {
  const { imbalance, profile, random } = options;
  checkDataset('longTail', dataset);
  const places = indicesByClass(dataset);
  const largest = Math.max(...places.map(({ length }) => length));
  const counts = longTailCounts(places.length, largest, options);
  const kept = places.flatMap((members, k) =>
    Array.from(
      shuffled(random, members.length).subarray(0, counts[k]),
      (i) => members[i] as number,
    ),
  );
  const name = `${dataset.name}-${profile === 'step' ? 'step' : 'lt'}${imbalance}`;
  return subset(dataset, Int32Array.from(kept).sort(), name);
}
