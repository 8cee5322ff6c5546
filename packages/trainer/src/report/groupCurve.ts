import { fiveDigits } from './fiveDigits.js';
import type { GroupCurve } from './PageData.js';
import type { EpochLine } from './readMetrics.js';
import type { Trial } from './readTrials.js';
import { summarizeTrials } from './summarizeTrials.js';

/**
 * One measure of a group over epochs. Trials may differ in length, and in the epochs that they were tested at:
 * each epoch's mean is over those that have a finite value there.
 *
 * @param measure What an epoch's line says; not a number where it says nothing.
 */
export function groupCurve(
  trials: readonly Trial[],
  measure: (line: EpochLine) => number | null | undefined,
): GroupCurve {
  const values = new Map<number, number[]>();
  for (const line of trials.flatMap(({ lines }) => lines)) {
    const value = measure(line);
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    values.set(line.epoch, [...(values.get(line.epoch) ?? []), value]);
  }
  const curve: GroupCurve = { x: [], mean: [], error: [], count: [] };
  for (const [epoch, each] of [...values].sort(([a], [b]) => a - b)) {
    const { mean, standardError, count } = summarizeTrials(each);
    curve.x.push(epoch);
    curve.mean.push(fiveDigits(mean));
    curve.error.push(standardError === undefined ? null : fiveDigits(standardError));
    curve.count.push(count);
  }
  return curve;
}
