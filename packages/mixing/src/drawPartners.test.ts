import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { type Draw, drawPairs } from './drawPairs.js';
import type { PairedClasses } from './drawPartners.js';

const seed = fc.integer();
const plain = (draw: Draw) =>
  JSON.parse(
    JSON.stringify(draw, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float32Array) : v)),
  );

describe('drawPairs of three classes', () => {
  const three = fc
    .array(fc.nat(4), { minLength: 3, maxLength: 40 })
    .filter((ids) => new Set(ids).size >= 3);

  test.each([3, '2 or 3'] as const)('mixes different classes alone, %s', async (classes) => {
    await fc.assert(
      fc.property(three, seed, (ids, start) => {
        const { partner, ratio, third } = drawPairs(ids, {
          random: createRandom(start),
          classes,
        });
        ids.forEach((id, i) => {
          const [j, k] = [partner[i] as number, third?.partner[i] as number];
          expect(ids[j]).not.toBe(id);
          const share = third?.ratio[i] as number;
          if (classes === 3 || k !== j) {
            expect(new Set([id, ids[j], ids[k]]).size).toBe(3);
          } else {
            expect(share).toBe(0);
          }
          expect(share >= 0 && (ratio[i] as number) >= 0 && (ratio[i] as number) + share <= 1).toBe(
            true,
          );
        });
      }),
    );
  });

  test('draws each admissible pair of others as often as the rest', () => {
    const ids = [0, 1, 1, 2, 2, 2];
    const random = createRandom(8);
    const counts = new Map<string, number>();
    const rounds = 6000;
    for (let n = 0; n < rounds; n++) {
      const { partner, third } = drawPairs(ids, { random, classes: 3 });
      const key = `${partner[0]} ${third?.partner[0]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // One of class 1 and one of class 2, in either order: 12. Standard deviation 21: four of them.
    expect(counts.size).toBe(12);
    for (const count of counts.values()) expect(Math.abs(count - rounds / 12)).toBeLessThan(86);
  });

  test('mixes three half of the time where it may be two', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => i % 5);
    const { third } = drawPairs(ids, {
      random: createRandom(9),
      classes: '2 or 3',
    });
    const mixes = third?.ratio.filter((share) => share > 0).length as number;
    // Standard deviation 32: four of them.
    expect(Math.abs(mixes - 2000)).toBeLessThan(127);
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draws the same mixes for a seed in every release', () => {
    const draw = (classes: PairedClasses) =>
      plain(drawPairs([3, 1, 4, 1, 5], { random: createRandom(42), classes }));
    expect({ three: draw(3), either: draw('2 or 3') }).toMatchInlineSnapshot(`
      {
        "either": {
          "partner": [
            3,
            4,
            0,
            0,
            1,
          ],
          "ratio": [
            0.4191172122955322,
            0.1153917908668518,
            0.016657531261444092,
            0.5540993213653564,
            0.2400987148284912,
          ],
          "third": {
            "partner": [
              2,
              0,
              4,
              4,
              2,
            ],
            "ratio": [
              0.4759373664855957,
              0.7014359831809998,
              0.08801484107971191,
              0.35254597663879395,
              0.04215484857559204,
            ],
          },
        },
        "three": {
          "partner": [
            2,
            4,
            1,
            4,
            3,
          ],
          "ratio": [
            0.042084693908691406,
            0.16443151235580444,
            0.4191172122955322,
            0.1153917908668518,
            0.016657531261444092,
          ],
          "third": {
            "partner": [
              3,
              0,
              0,
              0,
              2,
            ],
            "ratio": [
              0.24763810634613037,
              0.7345283627510071,
              0.12456613779067993,
              0.4759373664855957,
              0.7014359831809998,
            ],
          },
        },
      }
    `);
  });

  test.each([3, '2 or 3'] as const)('refuses a batch of fewer classes, %s', (classes) => {
    for (const ids of [[0, 1, 0, 1], [5], []]) {
      expect(() => drawPairs(ids, { random: createRandom(1), classes })).toThrow(
        new RegExp(
          `^drawPairs: a (mix of three needs three|pair needs two) classes, got ${ids.length} labels`,
        ),
      );
    }
    expect(() => drawPairs([0, 1, 0, 1], { random: createRandom(1), classes })).toThrow(
      new RangeError(
        'drawPairs: a mix of three needs three classes, got 4 labels of fewer; shuffle, or use a larger batch',
      ),
    );
  });
});

describe('drawPairs of multi-hot rows', () => {
  const rows = [
    [1, 1, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 1, 1],
    [0, 0, 0, 1],
    [1, 0, 0, 0],
  ];
  const shares = (i: number, j: number) => rows[i]?.some((v, k) => v === 1 && rows[j]?.[k] === 1);

  test.each(['different', 'same', 'any'] as const)(
    'pairs %s by all of their classes',
    (classes) => {
      const random = createRandom(2);
      const found = rows.map(() => new Set<number>());
      for (let n = 0; n < 200; n++) {
        drawPairs(rows, { random, classes }).partner.forEach((j, i) => {
          found[i]?.add(j);
        });
      }
      rows.forEach((_, i) => {
        const admissible = rows
          .map((_, j) => j)
          .filter((j) => j !== i && (classes === 'any' || shares(i, j) === (classes === 'same')));
        expect([...(found[i] as Set<number>)].sort()).toEqual(admissible);
      });
    },
  );

  test('mixes three that have no class in common', () => {
    const random = createRandom(3);
    const hot = [
      [1, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [0, 0, 0, 1, 1],
      [0, 0, 0, 1, 0],
    ];
    for (let n = 0; n < 50; n++) {
      const { partner, third } = drawPairs(hot, { random, classes: 3 });
      hot.forEach((_, i) => {
        const members = [i, partner[i] as number, third?.partner[i] as number];
        const sum = hot[0]?.map((_, k) => members.reduce((s, m) => s + (hot[m]?.[k] as number), 0));
        expect(Math.max(...(sum as number[]))).toBe(1);
      });
    }
  });

  test('reads a tensor as it reads rows, and tells soft rows from multi-hot ones', () => {
    const draw = (labels: Parameters<typeof drawPairs>[0]) =>
      drawPairs(labels, { random: createRandom(4) });
    expect(draw(tf.tensor2d(rows))).toEqual(draw(rows));
    // The largest entries of these are of classes 0, 1, 1; as sets all would share class 1.
    const soft = [
      [0.5, 0.49, 0.01],
      [0.4, 0.6, 0],
      [0.25, 0.5, 0.25],
    ];
    expect([...draw(soft).partner].slice(1)).toEqual([0, 0]);
    // Of equal entries the first: these are of classes 0, 0, 2.
    const equal = [
      [0.5, 0.5, 0],
      [1, 0, 0],
      [0, 0, 1],
    ];
    expect([...draw(equal).partner].slice(0, 2)).toEqual([2, 2]);
    // From 1.5 on rows are sets, of the entries from 0.5 up.
    const sets = [
      [0.5, 0.5, 0.5],
      [0, 0, 1],
    ];
    expect(() => draw(sets)).toThrow(
      new RangeError(
        'drawPairs: example 0 must have a partner, got 2 labels of which each other shares a class with it; shuffle, or use a larger batch',
      ),
    );
    expect([
      ...draw([
        [0.75, 0.49, 0.5],
        [0, 1, 0],
      ]).partner,
    ]).toEqual([1, 0]);
  });

  test('says what to do where a tensor cannot be read at once', () => {
    const labels = tf.tensor2d(rows);
    const cause = new Error('this device reads in its own time');
    labels.dataSync = () => {
      throw cause;
    };
    expect(() => drawPairs(labels, { random: createRandom(1) })).toThrow(
      new Error(
        'drawPairs: labels are a tensor that wasm cannot read at once; pass class ids as a plain array',
        { cause },
      ),
    );
  });

  test('names the example that has no partner', () => {
    const random = createRandom(5);
    expect(() => drawPairs([...rows, [0, 0, 0, 0]], { random, classes: 'same' })).toThrow(
      new RangeError(
        'drawPairs: example 5 must have a partner, got 6 labels of which each other shares no class with it; shuffle, or use a larger batch',
      ),
    );
    expect(() => drawPairs(rows.slice(0, 3), { random })).toThrow('drawPairs: example 1 must');
  });
});
