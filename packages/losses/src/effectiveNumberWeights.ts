import { checkCounts, normalised } from './classWeights.js';

/**
 * Class weights by the effective number of examples, for `classBalanced`,
 *
 *     E = (1 − β^n) / (1 − β),   w = (1 / E) scaled to sum to the number of classes.
 *
 * A further example of a class tells less the more there are: β = 0 counts every class once (all
 * weights 1), β → 1 counts every example (inverse frequency).
 *
 * @param counts n, training examples of each class, above 0.
 * @param beta β, from 0 to below 1; 0.9, 0.99, 0.999 and 0.9999 in the paper.
 * @returns One weight for each class; their mean is 1.
 * @throws RangeError when β is out of range or a class has no examples.
 *
 * @example
 * ```ts
 * import { effectiveNumberWeights } from '@bcl/losses';
 *
 * effectiveNumberWeights([500, 50, 5], 0); // => [1, 1, 1]
 * effectiveNumberWeights([500, 50, 5], 0.99); // => [0.1261299, 0.3172230, 2.5566471]
 * ```
 *
 * @see Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", arXiv:1901.05555.
 */
export function effectiveNumberWeights(counts: ArrayLike<number>, beta: number): number[] {
  if (!(beta >= 0 && beta < 1)) {
    throw new RangeError(
      `effectiveNumberWeights: beta must be from 0 to below 1, got ${beta}; for inverse frequency, its limit at 1, use inverseFrequencyWeights`,
    );
  }
  // 1 − β is the same for all classes and goes away in scaling. `log1p` and `expm1` keep digits near 1.
  const logBeta = Math.log1p(beta - 1);
  return normalised(
    checkCounts('effectiveNumberWeights', counts).map((n) => -1 / Math.expm1(n * logBeta)),
  );
}
