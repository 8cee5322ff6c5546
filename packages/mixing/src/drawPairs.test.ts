import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { drawPairs } from './drawPairs.js';
import type { PairedClasses } from './drawPartners.js';

const seed = fc.integer();
const labels = fc.array(fc.nat(4), { minLength: 2, maxLength: 40 });
const someOf = (ids: number[]) => new Set(ids).size;

const rules: {
  classes: PairedClasses;
  admits: (a: number, b: number) => boolean;
}[] = [
  { classes: 'different', admits: (a, b) => a !== b },
  { classes: 'same', admits: (a, b) => a === b },
  { classes: 'any', admits: () => true },
];

describe('drawPairs', () => {
  test.each(rules)(
    'never pairs an example with itself, classes $classes',
    async ({ classes, admits }) => {
      await fc.assert(
        fc.property(labels, seed, (ids, start) => {
          fc.pre(classes !== 'different' || someOf(ids) > 1);
          const all = classes === 'same' ? [...ids, ...ids] : ids;
          const { partner, ratio } = drawPairs(all, {
            random: createRandom(start),
            classes,
          });
          expect(partner.length).toBe(all.length);
          expect(ratio.length).toBe(all.length);
          partner.forEach((j, i) => {
            expect(j).not.toBe(i);
            expect(admits(all[i] as number, all[j] as number)).toBe(true);
          });
          expect(ratio.every((r) => r >= 0 && r < 1)).toBe(true);
        }),
      );
    },
  );

  test.each(rules)(
    'draws each admissible partner as often as the others, classes $classes',
    ({ classes, admits }) => {
      const ids = [0, 1, 0, 2, 1, 2, 0, 2];
      const random = createRandom(5);
      const counts = ids.map(() => ids.map(() => 0));
      const rounds = 3000;
      for (let n = 0; n < rounds; n++) {
        drawPairs(ids, { random, classes }).partner.forEach((j, i) => {
          const row = counts[i] as number[];
          row[j] = (row[j] as number) + 1;
        });
      }
      ids.forEach((id, i) => {
        const admissible = ids.filter((other, j) => j !== i && admits(id, other)).length;
        ids.forEach((other, j) => {
          const expected = j !== i && admits(id, other) ? rounds / admissible : 0;
          // Four standard deviations of a count.
          const near = 4 * Math.sqrt(expected * (1 - expected / rounds));
          expect(Math.abs((counts[i]?.[j] as number) - expected)).toBeLessThanOrEqual(near);
        });
      });
    },
  );

  test('pairs different classes and draws uniform ratios unless told', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => i % 2);
    const { partner, ratio } = drawPairs(ids, { random: createRandom(8) });
    expect(partner.every((j, i) => ids[i] !== ids[j])).toBe(true);
    const mean = ratio.reduce((sum, r) => sum + r, 0) / ratio.length;
    const square = ratio.reduce((sum, r) => sum + r * r, 0) / ratio.length;
    // Standard deviations of these means: 0.0046 and 0.0047; four of each.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.019);
    expect(Math.abs(square - 1 / 3)).toBeLessThan(0.019);
  });

  test('never rounds a uniform ratio up to 1', () => {
    const { ratio } = drawPairs([0, 1], { random: () => 1 - 2 ** -53 });
    expect([...ratio]).toEqual([1 - 2 ** -24, 1 - 2 ** -24]);
  });

  test('takes a number or a function for the ratio', () => {
    const random = createRandom(1);
    expect([...drawPairs([0, 1], { random, ratio: 0.25 }).ratio]).toEqual([0.25, 0.25]);
    const given = [0.5, 1];
    const seen: unknown[] = [];
    const drawn = drawPairs([0, 1], {
      random,
      ratio: (source) => {
        seen.push(source);
        return given.shift() as number;
      },
    });
    expect([...drawn.ratio]).toEqual([0.5, 1]);
    expect(seen).toEqual([random, random]);
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draws the same pairs for a seed in every release', () => {
    const ids = [3, 1, 4, 1, 5, 9, 2, 6];
    const draw = (classes: PairedClasses) => {
      const { partner, ratio } = drawPairs(ids, {
        random: createRandom(42),
        classes,
      });
      return { partner: [...partner], ratio: [...ratio] };
    };
    expect({ different: draw('different'), any: draw('any') }).toMatchInlineSnapshot(`
      {
        "any": {
          "partner": [
            3,
            3,
            5,
            2,
            6,
            0,
            3,
            0,
          ],
          "ratio": [
            0.8326064348220825,
            0.0062743425369262695,
            0.747380256652832,
            0.7597143054008484,
            0.042084693908691406,
            0.7523618936538696,
            0.16443151235580444,
            0.2654716372489929,
          ],
        },
        "different": {
          "partner": [
            2,
            2,
            5,
            4,
            6,
            0,
            2,
            0,
          ],
          "ratio": [
            0.8326064348220825,
            0.0062743425369262695,
            0.747380256652832,
            0.7597143054008484,
            0.042084693908691406,
            0.7523618936538696,
            0.16443151235580444,
            0.2654716372489929,
          ],
        },
      }
    `);
    expect([
      ...drawPairs([...ids, ...ids], {
        random: createRandom(42),
        classes: 'same',
      }).partner,
    ]).toMatchInlineSnapshot(`
      [
        8,
        3,
        10,
        9,
        12,
        13,
        14,
        15,
        0,
        1,
        2,
        9,
        4,
        5,
        6,
        7,
      ]
    `);
  });

  test('reads classes alike from ids and rows, arrays and tensors', () => {
    const ids = [2, 0, 1, 0, 2];
    const rows = ids.map((id) => [0, 1, 2].map((k) => (k === id ? 0.5 : 0.25)));
    const draw = (given: Parameters<typeof drawPairs>[0]) =>
      drawPairs(given, { random: createRandom(3) });
    const expected = draw(ids);
    for (const given of [
      Int32Array.from(ids),
      Uint8Array.from(ids),
      rows,
      rows.map((row) => Float32Array.from(row)),
      tf.tensor1d(ids, 'int32'),
      tf.tensor2d(rows),
    ]) {
      expect(draw(given)).toEqual(expected);
    }
  });

  test('refuses a batch without an admissible pair', () => {
    const random = createRandom(1);
    const same = new Array<number>(32).fill(7);
    expect(() => drawPairs(same, { random })).toThrow(
      new RangeError(
        'drawPairs: a pair needs two classes, got 32 labels, all class 7; shuffle, or use a larger batch',
      ),
    );
    expect(() => drawPairs([], { random })).toThrow(
      new RangeError(
        'drawPairs: a pair needs two classes, got 0 labels; shuffle, or use a larger batch',
      ),
    );
    expect(() => drawPairs([1, 2, 1], { random, classes: 'same' })).toThrow(
      new RangeError(
        'drawPairs: a pair of one class needs two examples of it, got one of class 2 in 3 labels; use a larger batch',
      ),
    );
    expect(() => drawPairs([1], { random, classes: 'any' })).toThrow(
      new RangeError('drawPairs: a pair needs two examples, got 1 labels; use a larger batch'),
    );
  });

  test('refuses options and labels that it does not know', () => {
    const random = createRandom(1);
    expect(() => drawPairs([0, 1], { random, classes: 'other' as 'any' })).toThrow(
      new RangeError(
        "drawPairs: classes must be 'different', 'same', 'any', 3 or '2 or 3', got 'other'",
      ),
    );
    expect(() => drawPairs([0, 1], { random, ratio: 1.5 })).toThrow(
      new RangeError('drawPairs: ratio must lie in 0..1, got 1.5'),
    );
    expect(() => drawPairs([0, 1], { random, ratio: () => Number.NaN })).toThrow(
      new RangeError('drawPairs: ratio must lie in 0..1, got NaN'),
    );
    expect(() => drawPairs([0, 1], { random, ratio: 'normal' as 'uniform' })).toThrow(
      new TypeError(
        'drawPairs: ratio must be \'uniform\', a number, settings such as { beta: 0.2 } or a function, got "normal"',
      ),
    );
    expect(() => drawPairs([0, 0.5], { random })).toThrow(
      new TypeError('drawPairs: labels must be class ids or rows, got 0.5 at 1'),
    );
    expect(() => drawPairs(tf.zeros([2, 2, 2]) as tf.Tensor as tf.Tensor2D, { random })).toThrow(
      new RangeError('drawPairs: labels must be [B] or [B, K], got [2, 2, 2]'),
    );
  });
});
