import type { ComparisonGroup } from './Comparison.js';
import type { Trial } from './readTrials.js';
import { summarizeTrials, type TrialSummary } from './summarizeTrials.js';

/** A group and what its trials come to. */
export interface GroupResult {
  group: ComparisonGroup;
  trials: readonly Trial[];
  /** Trials that are done. */
  done: number;
  /** Whether the numbers below are of trials that are done, rather than of trials under way. */
  final: boolean;
  /** Test error in percent after the last epoch; undefined before a trial was tested. */
  testError: TrialSummary | undefined;
  /** Mean of the lowest test errors, in percent, and the first and last epoch that they were at. */
  best: { testError: number; epochs: readonly [number, number] } | undefined;
  /** Ours less the published one, in points of percent. */
  difference: number | undefined;
  /** First and last of the epochs that the trials have come to; undefined before one has begun. */
  epochs: readonly [number, number] | undefined;
  /** Epochs that the trials are to have, as far as their runs have begun. */
  planned: number | undefined;
  /** Mean training time; undefined before an epoch has ended. */
  seconds: number | undefined;
}

/**
 * What the trials of a group come to. Trials under way count only while none is done: a mean
 * over early and late epochs would be neither's.
 */
export function summarizeGroup(group: ComparisonGroup, trials: readonly Trial[]): GroupResult {
  const done = trials.filter(({ state }) => state === 'done');
  const counted = done.length > 0 ? done : trials.filter(({ state }) => state === 'under way');
  const errors = counted.flatMap(({ testError }) => testError ?? []);
  const testError = errors.length > 0 ? summarizeTrials(errors) : undefined;
  const bests = counted.flatMap(({ best }) => best ?? []);
  const planned = counted.flatMap(({ epochs }) => epochs ?? []);
  const seconds = counted.flatMap(({ seconds }) => (seconds > 0 ? seconds : []));
  return {
    group,
    trials,
    done: done.length,
    final: done.length > 0,
    testError,
    best:
      bests.length === 0
        ? undefined
        : {
            testError: summarizeTrials(bests.map(({ testError }) => testError)).mean,
            epochs: ends(bests.map(({ epoch }) => epoch)),
          },
    difference: testError && group.published ? testError.mean - group.published.error : undefined,
    epochs: counted.length === 0 ? undefined : ends(counted.map(({ epoch }) => epoch)),
    planned: planned.length === 0 ? undefined : Math.max(...planned),
    seconds: seconds.length === 0 ? undefined : summarizeTrials(seconds).mean,
  };
}

function ends(numbers: number[]): readonly [number, number] {
  return [Math.min(...numbers), Math.max(...numbers)];
}
