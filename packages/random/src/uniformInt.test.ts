import * as fc from 'fast-check';
import { createRandom } from './createRandom.js';
import { uniformInt } from './uniformInt.js';

describe('uniformInt', () => {
  test('is the place of the draw among n equal parts', () => {
    expect([0, 0.2, 0.25, 0.5, 0.999].map((u) => uniformInt(() => u, 4))).toEqual([0, 0, 1, 2, 3]);
  });

  test('stays below n for the largest draw there is', async () => {
    await fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (n) => {
        expect(uniformInt(() => 1 - 2 ** -53, n)).toBe(n - 1);
      }),
    );
  });

  test('draws each number as often as the others', () => {
    const random = createRandom(1);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 7000; i++) {
      const k = uniformInt(random, 7);
      counts[k] = (counts[k] as number) + 1;
    }
    // Standard deviation 29: four of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses n = %p', (n) => {
    expect(() => uniformInt(() => 0, n)).toThrow(
      new RangeError(`uniformInt: n must be a positive integer, got ${n}`),
    );
  });
});
