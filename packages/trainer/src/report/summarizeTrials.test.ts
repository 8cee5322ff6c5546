import fc from 'fast-check';
import { summarizeTrials } from './summarizeTrials.js';

describe('summarizeTrials', () => {
  test('gives the mean and the standard error of the mean', () => {
    // numpy: x = [5, 6, 10]; x.mean(), x.std(ddof=1) / sqrt(3)
    const { mean, standardError, count } = summarizeTrials([5, 6, 10]);
    expect([mean, count]).toEqual([7, 3]);
    expect(standardError).toBeCloseTo(1.5275252316519468, 12);
  });

  test('knows no error of one trial, and none of trials that agree', () => {
    expect(summarizeTrials([5])).toEqual({ mean: 5, standardError: undefined, count: 1 });
    expect(summarizeTrials([5, 5])).toEqual({ mean: 5, standardError: 0, count: 2 });
  });

  test('moves and stretches with its values, whatever their order', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (values, shift) => {
        const plain = summarizeTrials(values);
        const moved = summarizeTrials(values.map((value) => shift - 2 * value).reverse());
        expect(moved.mean).toBeCloseTo(shift - 2 * plain.mean, 8);
        expect(moved.standardError).toBeCloseTo(2 * (plain.standardError ?? Number.NaN), 8);
      }),
    );
  });

  test('refuses no values, and values that are no numbers', () => {
    expect(() => summarizeTrials([])).toThrow(
      new RangeError('summarizeTrials: expected one value or more, got none'),
    );
    expect(() => summarizeTrials([1, Number.NaN])).toThrow(
      'summarizeTrials: values must be finite, got 1, NaN; leave out trials that have none',
    );
  });
});
