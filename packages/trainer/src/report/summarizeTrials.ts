/** Mean of a number over trials, and how far to trust it. */
export interface TrialSummary {
  mean: number;
  /** Standard error of the mean, s / √n with the sample's standard deviation s; undefined for one trial. */
  standardError: number | undefined;
  /** Trials. */
  count: number;
}

/**
 * Mean and standard error over trials.
 *
 * @param values One number a trial.
 * @throws RangeError when there is none, or one is not finite.
 *
 * @example
 * ```ts
 * import { summarizeTrials } from '@bcl/trainer';
 *
 * summarizeTrials([5, 6, 10]); // => { mean: 7, standardError: 1.527525, count: 3 }
 * summarizeTrials([5]); // => { mean: 5, standardError: undefined, count: 1 }
 * ```
 */
export function summarizeTrials(values: readonly number[]): TrialSummary {
  const count = values.length;
  if (count === 0) throw new RangeError('summarizeTrials: expected one value or more, got none');
  if (!values.every(Number.isFinite)) {
    throw new RangeError(
      `summarizeTrials: values must be finite, got ${values.join(', ')}; leave out trials that have none`,
    );
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, standardError: undefined, count };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count), count };
}
