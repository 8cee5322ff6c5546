import * as fc from 'fast-check';
import { separation } from './separation.js';

describe('separation', () => {
  test('is worked out by hand', () => {
    // Class 0: (0, 1), (0, -1); class 2: (4, 0), (8, 0).
    const values = Float32Array.of(0, 1, 4, 0, 0, -1, 8, 0);
    const found = separation(values, 2, [0, 2, 0, 2]);
    expect(found.classes).toEqual([
      { id: 0, count: 2, within: 1 },
      { id: 2, count: 2, within: 4 },
    ]);
    expect(found.within).toBe(2.5);
    // Mean (3, 0): squares 10, 1, 10, 25.
    expect(found.total).toBe(11.5);
    // On the x axis class 0 has no width.
    expect(found.pairs).toEqual([{ a: 0, b: 2, distance: 6, fisher: 36 / 5, alongLine: 36 / 4 }]);
  });

  test('puts the pair that is least apart first', () => {
    const { pairs } = separation(Float32Array.of(0, 1, 2, 3, 9, 10), 1, [0, 0, 1, 1, 2, 2]);
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
  });

  test('does not change its ratios with the scale, nor anything with a shift', async () => {
    const point = fc.integer({ min: -20, max: 20 });
    await fc.assert(
      fc.property(fc.array(point, { minLength: 24, maxLength: 24 }), (numbers) => {
        const labels = Array.from({ length: 8 }, (_, i) => i % 2);
        const plain = separation(Float32Array.from(numbers), 3, labels);
        const shifted = separation(
          Float32Array.from(numbers, (v) => v + 64),
          3,
          labels,
        );
        const scaled = separation(
          Float32Array.from(numbers, (v) => 4 * v),
          3,
          labels,
        );
        expect(shifted.within).toBeCloseTo(plain.within, 9);
        expect(scaled.within).toBeCloseTo(16 * plain.within, 9);
        for (const key of ['fisher', 'alongLine'] as const) {
          expect(scaled.pairs[0]?.[key]).toBeCloseTo(plain.pairs[0]?.[key] as number, 9);
        }
        // The variance along a line is a part of the whole.
        expect(plain.pairs[0]?.alongLine).toBeGreaterThanOrEqual(
          (plain.pairs[0]?.fisher as number) * (1 - 1e-12),
        );
      }),
    );
  });

  test('of classes without width is infinite, of classes in one place 0', () => {
    const { pairs } = separation(Float32Array.of(1, 1, 2, 2), 1, [0, 0, 1, 1]);
    expect(pairs[0]).toMatchObject({
      fisher: Number.POSITIVE_INFINITY,
      alongLine: Number.POSITIVE_INFINITY,
    });
    expect(separation(Float32Array.of(1, 1), 1, [0, 1]).pairs[0]?.fisher).toBe(0);
  });

  test('needs two classes', () => {
    expect(() => separation(Float32Array.of(1, 2), 1, [3, 3])).toThrow(
      new RangeError('separation: there must be points of two classes, got 2 of one'),
    );
  });
});
