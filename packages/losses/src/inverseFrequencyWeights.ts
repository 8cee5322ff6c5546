import { checkCounts, normalised } from './classWeights.js';

export interface InverseFrequencyOptions {
  /** Power of the frequency, from 0; 1 unless told, ½ for the root. */
  readonly power?: number;
}

/**
 * Class weights by inverse frequency, w = (1 / n^power) scaled to sum to the number of classes: the
 * usual cost-sensitive baselines beside `effectiveNumberWeights`, for `classBalanced`.
 *
 * @param counts n, training examples of each class, above 0.
 * @returns One weight for each class; their mean is 1.
 * @throws RangeError when the power is negative or a class has no examples.
 *
 * @example
 * ```ts
 * import { inverseFrequencyWeights } from '@bcl/losses';
 *
 * inverseFrequencyWeights([900, 100]); // => [0.2, 1.8]
 * inverseFrequencyWeights([900, 100], { power: 0.5 }); // => [0.5, 1.5]
 * ```
 */
export function inverseFrequencyWeights(
  counts: ArrayLike<number>,
  { power = 1 }: InverseFrequencyOptions = {},
): number[] {
  if (!(Number.isFinite(power) && power >= 0)) {
    throw new RangeError(`inverseFrequencyWeights: power must be a number from 0 up, got ${power}`);
  }
  return normalised(checkCounts('inverseFrequencyWeights', counts).map((n) => n ** -power));
}
