import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { Dropout } from './dropout.js';

/** What a layer multiplies each unit with in its next training call. */
function nextMask(layer: Dropout, shape: number[]): number[] {
  return Array.from((layer.apply(tf.ones(shape), { training: true }) as tf.Tensor).dataSync());
}

test.each([0.1, 0.5, 0.75])('Dropout drops %d of the units and scales up the others', (rate) => {
  const mask = nextMask(new Dropout({ rate, seed: 3 }), [100, 1000]);
  const kept = mask.filter((value) => value !== 0);
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
  // Five standard deviations of 100 000 draws.
  const bound = 5 * Math.sqrt((rate * (1 - rate)) / 1e5);
  expect(Math.abs(1 - kept.length / mask.length - rate)).toBeLessThan(bound);
});

test('Dropout draws units, examples, steps and seeds independently', () => {
  const layer = new Dropout({ rate: 0.5, seed: 1 });
  const mask = nextMask(layer, [100, 100]);
  const next = nextMask(layer, [100, 100]);
  const other = nextMask(new Dropout({ rate: 0.5, seed: 2 }), [100, 100]);
  const agree = (a: number[], b: number[]) => a.filter((value, i) => value === b[i]).length;
  for (const moved of [next, other, mask.slice(1), mask.slice(100), mask.slice(101)]) {
    // Five standard deviations around half of ten thousand.
    expect(Math.abs(agree(mask, moved) - 5000)).toBeLessThan(250);
  }
});

test('Dropout splits over workers: rows depend on seed, step and number of the example alone', () => {
  const place = fc.record({
    seed: fc.maxSafeInteger(),
    step: fc.nat(),
    first: fc.nat(1e6),
    rows: fc.integer({ min: 1, max: 6 }),
    cut: fc.nat(5),
  });
  fc.assert(
    fc.property(place, ({ seed, step, first, rows, cut }) => {
      const maskAt = (example: number, count: number) => {
        const layer = new Dropout({ rate: 0.3, seed });
        layer.seek(step, example);
        return nextMask(layer, [count, 5]);
      };
      const whole = maskAt(first, rows);
      const upper = Math.min(cut, rows);
      expect([...maskAt(first, upper), ...maskAt(first + upper, rows - upper)]).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test('Dropout moves on one step with each training call, and none in evaluation', () => {
  const layer = new Dropout({ rate: 0.5, seed: 9 });
  const masks = [0, 1, 2].map(() => {
    tf.dispose(layer.apply(tf.ones([2, 16])) as tf.Tensor);
    return nextMask(layer, [2, 16]);
  });
  layer.seek(1);
  expect(nextMask(layer, [2, 16])).toEqual(masks[1]);
  expect(nextMask(layer, [2, 16])).toEqual(masks[2]);
  expect(masks[0]).not.toEqual(masks[1]);
});

test('Dropout at rate 0 changes nothing', () => {
  expect(nextMask(new Dropout({ rate: 0 }), [2, 3])).toEqual([1, 1, 1, 1, 1, 1]);
});

test.each([
  [{ rate: 1 }, 'Dropout: rate must be from 0 up to but not including 1, got 1'],
  [{ rate: -0.5 }, 'Dropout: rate must be from 0 up to but not including 1, got -0.5'],
  [{ rate: Number.NaN }, 'Dropout: rate must be from 0 up to but not including 1, got NaN'],
  [{ rate: 0.5, seed: 0.1 }, 'Dropout: seed must be an integer, got 0.1'],
])('Dropout refuses %j', (args, message) => {
  expect(() => new Dropout(args)).toThrow(new RangeError(message));
});

test('Dropout.seek refuses places that there are not', () => {
  const layer = new Dropout({ rate: 0.5 });
  expect(() => layer.seek(-1)).toThrow(
    new RangeError('Dropout.seek: step must be an integer of at least 0, got -1'),
  );
  expect(() => layer.seek(0, 1.5)).toThrow(
    new RangeError('Dropout.seek: firstExample must be an integer of at least 0, got 1.5'),
  );
});

test('Dropout keeps its settings in its configuration', () => {
  const config = new Dropout({ name: 'drop', rate: 0.25, seed: 2 ** 52 + 1 }).getConfig();
  expect(config).toMatchObject({ name: 'drop', rate: 0.25, seed: 2 ** 52 + 1 });
  const copy = Dropout.fromConfig(Dropout, config) as Dropout;
  expect(copy.getConfig()).toEqual(config);
});
