import { createRandom } from '@bcl/random';
import fc from 'fast-check';
import type { Dataset } from './dataset.js';
import { kFold } from './kFold.js';

const of = (labels: readonly number[]): Dataset => ({
  name: 'set',
  images: new Uint8Array(labels.length),
  labels: Uint8Array.from(labels),
  shape: [1, 1, 1],
  classNames: ['a', 'b', 'c'],
});

describe('kFold', () => {
  test('tests on each image once, trained on the others, of each class and of all alike', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 2 }), {
      minLength: 2,
      maxLength: 60,
    });
    const law = fc.property(
      labels,
      fc.integer({ min: 2, max: 12 }),
      fc.integer(),
      (ids, k, seed) => {
        const folds = Math.min(k, ids.length);
        const all = kFold(of(ids), { folds, random: createRandom(seed) });
        expect(all).toHaveLength(folds);
        const everyone = ids.map((_, i) => i);
        expect(all.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(everyone);
        for (const { train, test } of all) {
          expect([...train, ...test].sort((a, b) => a - b)).toEqual(everyone);
          expect([...test]).toEqual([...test].sort((a, b) => a - b));
        }
        const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);
        expect(spread(all.map(({ test }) => test.length))).toBeLessThanOrEqual(1);
        for (const id of [0, 1, 2]) {
          const members = all.map(({ test }) => test.filter((i) => ids[i] === id).length);
          expect(spread(members)).toBeLessThanOrEqual(1);
        }
      },
    );
    fc.assert(law);
  });

  test('deals the same for the same seed, and otherwise for another', () => {
    const set = of(Array.from({ length: 40 }, (_, i) => i % 3));
    const deal = (seed: number) => kFold(set, { folds: 4, random: createRandom(seed) });
    expect(deal(1)).toEqual(deal(1));
    expect(deal(1)).not.toEqual(deal(2));
    expect(kFold(set, { random: createRandom(1) })).toHaveLength(10);
    // These are the folds of all patch releases.
    expect([...(deal(7)[0]?.test ?? [])]).toMatchInlineSnapshot(`
      [
        2,
        3,
        4,
        5,
        15,
        18,
        23,
        28,
        31,
        33,
      ]
    `);
  });

  test.each([1, 4, 2.5])('refuses %p folds of three images', (folds) => {
    expect(() => kFold(of([0, 1, 2]), { folds, random: createRandom(1) })).toThrow(
      new RangeError(
        `kFold: folds must be a whole number from 2 to the 3 images of set, got ${folds}`,
      ),
    );
  });
});
