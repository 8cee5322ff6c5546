import * as fc from 'fast-check';
import { createRandom } from './createRandom.js';
import { shuffled } from './shuffled.js';

describe('shuffled', () => {
  test('holds every index once', async () => {
    await fc.assert(
      fc.property(fc.nat(200), fc.integer(), (n, seed) => {
        const order = shuffled(createRandom(seed), n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  test('gives each of the six orders of three as often as the others', () => {
    const random = createRandom(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(random, 3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    // Standard deviation 29: four of them.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  test('draws the same order for a seed in every release', () => {
    expect([...shuffled(createRandom(42), 10)]).toMatchInlineSnapshot(`
      [
        6,
        9,
        7,
        1,
        0,
        5,
        8,
        4,
        2,
        3,
      ]
    `);
  });

  test('refuses a length that is none', () => {
    expect(() => shuffled(createRandom(1), -1)).toThrow(
      new RangeError('shuffled: n must be an integer of at least 0, got -1'),
    );
  });
});
