import * as fc from 'fast-check';
import { effectiveNumberWeights } from './effectiveNumberWeights.js';
import { golden } from './fixtures/golden.js';
import { inverseFrequencyWeights } from './inverseFrequencyWeights.js';

const counts = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe('effectiveNumberWeights', () => {
  test.each(golden.classBalancedWeights)('$counts, beta $beta', async (expected) => {
    const weights = effectiveNumberWeights(expected.counts, expected.beta);
    await expect(weights).toBeAllClose(expected.weights, { rtol: 1e-9, atol: 1e-9 });
  });

  test('has a mean of 1 and never gives a larger class more', async () => {
    await fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 0.999999, noNaN: true }), (n, beta) => {
        const weights = effectiveNumberWeights(n, beta);
        expect(sum(weights)).toBeCloseTo(n.length, 9);
        for (const [i, a] of n.entries()) {
          for (const [j, b] of n.entries()) {
            if (a < b)
              expect(weights[i]).toBeGreaterThanOrEqual((weights[j] as number) * (1 - 1e-9));
          }
        }
      }),
    );
  });

  test('comes to inverse frequency as beta comes to 1', async () => {
    const n = [5000, 50, 3];
    await expect(effectiveNumberWeights(n, 1 - 1e-12)).toBeAllClose(inverseFrequencyWeights(n), {
      rtol: 1e-7,
    });
  });

  test('refuses a beta of 1 and classes without examples', () => {
    expect(() => effectiveNumberWeights([5, 5], 1)).toThrow(
      new RangeError(
        'effectiveNumberWeights: beta must be from 0 to below 1, got 1; for inverse frequency, its limit at 1, use inverseFrequencyWeights',
      ),
    );
    expect(() => effectiveNumberWeights([5, 0], 0.9)).toThrow(
      new RangeError(
        'effectiveNumberWeights: counts must be numbers above 0, got 0 for class 1; count over the whole training set, or leave the class out',
      ),
    );
    expect(() => effectiveNumberWeights([], 0.9)).toThrow(
      new RangeError('effectiveNumberWeights: counts must be one a class, got none'),
    );
  });
});

describe('inverseFrequencyWeights', () => {
  test('is in the inverse ratio of the counts, or of their roots', async () => {
    await fc.assert(
      fc.property(counts, fc.constantFrom(0.5, 1), (n, power) => {
        const weights = inverseFrequencyWeights(n, { power });
        expect(sum(weights)).toBeCloseTo(n.length, 9);
        const [w0, n0] = [weights[0] as number, n[0] as number];
        for (const [i, w] of weights.entries()) {
          expect(w / w0).toBeCloseTo((n0 / (n[i] as number)) ** power, 6);
        }
      }),
    );
  });

  test('counts all classes alike at a power of 0, and refuses one below', () => {
    expect(inverseFrequencyWeights([1, 10], { power: 0 })).toEqual([1, 1]);
    expect(() => inverseFrequencyWeights([1], { power: -1 })).toThrow(
      new RangeError('inverseFrequencyWeights: power must be a number from 0 up, got -1'),
    );
  });
});
