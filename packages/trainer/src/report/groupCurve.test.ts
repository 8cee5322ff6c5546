import { groupCurve } from './groupCurve.js';
import type { EpochLine } from './readMetrics.js';
import type { Trial } from './readTrials.js';

/** A trial with such test losses, by epoch. */
const trial = (losses: Record<number, number | null>): Trial => ({
  folder: '',
  state: 'done',
  epoch: 0,
  epochs: undefined,
  seed: undefined,
  testAccuracy: undefined,
  testError: undefined,
  best: undefined,
  seconds: 0,
  lines: Object.entries(losses).map(
    ([epoch, testLoss]) => ({ type: 'epoch', epoch: Number(epoch), testLoss }) as EpochLine,
  ),
});

const testLoss = (line: EpochLine) => line.testLoss;

describe('groupCurve', () => {
  test('takes the mean of the trials that have come to an epoch', () => {
    // numpy: x = [1, 3]; x.std(ddof=1) / sqrt(2) = 1; x = [1, 2, 6]: 1.5275
    const trials = [trial({ 1: 1, 2: 1 }), trial({ 1: 2, 2: 3 }), trial({ 1: 6 }), trial({})];
    expect(groupCurve(trials, testLoss)).toEqual({
      x: [1, 2],
      mean: [3, 2],
      error: [1.5275, 1],
      count: [3, 2],
    });
  });

  test('leaves out epochs that were not tested or diverged, and keeps the order', () => {
    const trials = [trial({ 2: null, 4: 4, 6: Number.NaN }), trial({ 3: 1 / 3 })];
    expect(groupCurve(trials, testLoss)).toEqual({
      x: [3, 4],
      mean: [0.33333, 4],
      error: [null, null],
      count: [1, 1],
    });
    expect(groupCurve([], testLoss)).toEqual({ x: [], mean: [], error: [], count: [] });
  });
});
