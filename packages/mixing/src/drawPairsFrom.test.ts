import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { classWeights } from './classWeights.js';
import { drawPairsFrom } from './drawPairsFrom.js';
import type { PairedClasses } from './drawPartners.js';

const rules: {
  classes: PairedClasses;
  admits: (ids: number[]) => boolean;
  n: number;
}[] = [
  { classes: 'different', admits: ([a, b]) => a !== b, n: 2 },
  { classes: 'same', admits: ([a, b]) => a === b, n: 2 },
  { classes: 'any', admits: () => true, n: 2 },
  { classes: 3, admits: (ids) => new Set(ids).size === 3, n: 3 },
];
const labels = Uint8Array.of(0, 0, 0, 1, 1, 2);

/** Shares of classes among all examples that were drawn. */
function frequencies(ids: ArrayLike<number>, indices: Int32Array[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const list of indices) {
    for (const i of list) counts[ids[i] as number] = (counts[ids[i] as number] as number) + 1;
  }
  const all = counts.reduce((sum, n) => sum + n, 0);
  return counts.map((n) => n / all);
}

describe('drawPairsFrom', () => {
  test.each(rules)(
    'draws all admissible $n examples alike, classes $classes',
    ({ classes, admits, n }) => {
      const tuples: string[] = [];
      for (let i = 0; i < 6; i++) {
        for (let j = 0; j < 6; j++) {
          for (let k = 0; k < (n === 3 ? 6 : 1); k++) {
            const members = n === 3 ? [i, j, k] : [i, j];
            const ids = members.map((m) => labels[m] as number);
            if (new Set(members).size === n && admits(ids)) tuples.push(members.join(' '));
          }
        }
      }
      const count = 12_000;
      const { first, partner, third } = drawPairsFrom(labels, count, {
        random: createRandom(7),
        classes,
      });
      const counts = new Map(tuples.map((tuple) => [tuple, 0]));
      first.forEach((i, at) => {
        const tuple = [i, partner[at], ...(third ? [third.partner[at]] : [])].join(' ');
        counts.set(tuple, (counts.get(tuple) ?? 0) + 1);
      });
      expect(counts.size).toBe(tuples.length);
      const each = count / tuples.length;
      for (const seen of counts.values()) {
        // Four and a half standard deviations of a count: there are up to 36 of them.
        expect(Math.abs(seen - each)).toBeLessThan(4.5 * Math.sqrt(each));
      }
    },
  );

  test('draws ratios by the rule and the epoch, after all pairs', () => {
    const draw = drawPairsFrom(labels, 3, {
      random: createRandom(1),
      ratio: {
        schedule: [
          [1, 0.25],
          [2, 0.75],
        ],
      },
      epoch: 2,
    });
    expect([...draw.ratio]).toEqual([0.75, 0.75, 0.75]);
    const fixed = drawPairsFrom(labels, 9, {
      random: createRandom(2),
      ratio: 0.5,
    });
    const uniform = drawPairsFrom(labels, 9, { random: createRandom(2) });
    expect([uniform.first, uniform.partner]).toEqual([fixed.first, fixed.partner]);
    expect(new Set(uniform.ratio).size).toBe(9);
  });

  test('shows class k as πk (1 − πk) / (1 − Σ π²) of all', () => {
    const { first, partner } = drawPairsFrom(labels, 30_000, {
      random: createRandom(3),
    });
    const shares = [3 / 6, 2 / 6, 1 / 6];
    const norm = 1 - shares.reduce((sum, s) => sum + s * s, 0);
    frequencies(labels, [first, partner], 3).forEach((found, k) => {
      const expected = ((shares[k] as number) * (1 - (shares[k] as number))) / norm;
      // Standard deviation below 0.003.
      expect(Math.abs(found - expected)).toBeLessThan(0.01);
    });
  });

  test.each([
    ['even', [1 / 4, 1 / 4, 1 / 4, 1 / 4]],
    ['set', [0.45, 0.3, 0.2, 0.05]],
  ] as const)('shows classes as the weights for %s mean it', (target, expected) => {
    const ids = Array.from({ length: 100 }, (_, i) => (i < 45 ? 0 : i < 75 ? 1 : i < 95 ? 2 : 3));
    const weights = classWeights(ids, target);
    const { first, partner } = drawPairsFrom(ids, 30_000, {
      random: createRandom(4),
      weights,
    });
    frequencies(ids, [first, partner], 4).forEach((found, k) => {
      expect(Math.abs(found - (expected[k] as number))).toBeLessThan(0.01);
    });
  });

  test('draws no class of weight 0', () => {
    const { first, partner } = drawPairsFrom(labels, 200, {
      random: createRandom(5),
      weights: [1, 0, 5],
    });
    expect(frequencies(labels, [first, partner], 3)).toEqual([0.5, 0, 0.5]);
  });

  test('reads rows and multi-hot rows', () => {
    const rows = [
      [1, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
      [1, 0, 0],
    ];
    const { first, partner } = drawPairsFrom(rows, 400, {
      random: createRandom(6),
    });
    const found = new Set(Array.from(first, (i, n) => `${i} ${partner[n]}`));
    expect([...found].sort()).toEqual(['0 2', '1 3', '2 0', '2 3', '3 1', '3 2']);
    const oneHot = Array.from(labels, (id) => [0, 1, 2].map((k) => (k === id ? 1 : 0)));
    const draw = (given: typeof labels | number[][]) =>
      drawPairsFrom(given, 20, { random: createRandom(6) });
    expect(draw(oneHot)).toEqual(draw(labels));
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draws the same pairs for a seed in every release', () => {
    const draw = (classes: PairedClasses, weights?: number[]) => {
      const random = createRandom(42);
      const options = { random, classes, ...(weights && { weights }) };
      const { first, partner, third } = drawPairsFrom(labels, 4, options);
      return [first, partner, third?.partner ?? []].map((list) => [...list].join(' '));
    };
    expect({
      different: draw('different'),
      weighted: draw('different', [1, 2, 3]),
      three: draw(3),
      either: draw('2 or 3'),
    }).toMatchInlineSnapshot(`
      {
        "different": [
          "3 5 4 0",
          "2 0 0 4",
          "",
        ],
        "either": [
          "0 1 5 4",
          "5 5 4 2",
          "3 5 2 2",
        ],
        "three": [
          "3 0 3 5",
          "2 5 1 4",
          "5 3 5 2",
        ],
        "weighted": [
          "1 5 4 5",
          "3 2 0 3",
          "",
        ],
      }
    `);
  });

  test.each<[ArrayLike<number>, PairedClasses, number[] | undefined]>([
    [[1, 1, 1], 'different', undefined],
    [[], 'any', undefined],
    [[0, 1, 1], 3, undefined],
    [[0, 1], 'any', [0, 0]],
  ])('refuses a set %j without a mix of %s, weights %j', (ids, classes, weights) => {
    const options = {
      random: createRandom(1),
      classes,
      ...(weights && { weights }),
    };
    expect(() => drawPairsFrom(ids, 1, options)).toThrow(
      new RangeError(
        `drawPairsFrom: the labels must hold a mix of classes ${classes}, got ${
          ids.length
        } labels with none in 1000000 tries; are they of enough classes${
          weights ? ' with a weight' : ''
        }?`,
      ),
    );
  });

  test('says what does not fit', () => {
    const random = createRandom(1);
    for (const count of [-1, 1.5]) {
      expect(() => drawPairsFrom(labels, count, { random })).toThrow(
        new RangeError(`drawPairsFrom: count must be an integer of at least 0, got ${count}`),
      );
    }
    expect(drawPairsFrom(labels, 0, { random }).first.length).toBe(0);
    expect(() => drawPairsFrom(labels, 9, { random, weights: [1, 1] })).toThrow(
      new RangeError('drawPairsFrom: every class must have a weight, got 2 weights and class 2'),
    );
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => drawPairsFrom(labels, 9, { random, weights: [1, wrong, 1] })).toThrow(
        new RangeError(
          `drawPairsFrom: weights must be finite and not negative, got ${wrong} for class 1`,
        ),
      );
      expect(() => drawPairsFrom(labels, 9, { random, weights: [wrong, 1, 1] })).toThrow(
        `got ${wrong} for class 0`,
      );
    }
    expect(() =>
      drawPairsFrom(
        [
          [1, 1],
          [0, 1],
        ],
        1,
        { random, weights: [1, 1] },
      ),
    ).toThrow(
      new RangeError('drawPairsFrom: weights need labels of one class each, got multi-hot rows'),
    );
    expect(() => drawPairsFrom(labels, 1, { random, classes: 4 as 3 })).toThrow(
      new RangeError(
        "drawPairsFrom: classes must be 'different', 'same', 'any', 3 or '2 or 3', got '4'",
      ),
    );
    expect(() => drawPairsFrom(labels, 1, { random, ratio: 2 })).toThrow(
      new RangeError('drawPairsFrom: ratio must lie in 0..1, got 2'),
    );
    expect(() => drawPairsFrom([0, 0.5], 1, { random })).toThrow('got 0.5 at 1');
    expect(() => drawPairsFrom(Float32Array.of(0, 0.5), 1, { random })).toThrow('got 0.5 at 1');
  });
});

describe('classWeights', () => {
  /** Shares of classes that pairs of different classes show, each drawn as q. */
  const shown = (q: number[]) => {
    const left = 1 - q.reduce((sum, each) => sum + each * each, 0);
    return q.map((each) => (each * (1 - each)) / left);
  };

  test('makes pairs show every class as the set does, or all alike', async () => {
    const counts = fc.array(fc.integer({ min: 1, max: 60 }), {
      minLength: 3,
      maxLength: 8,
    });
    await fc.assert(
      fc.property(counts, (sizes) => {
        const all = sizes.reduce((sum, n) => sum + n, 0);
        fc.pre(Math.max(...sizes) < 0.49 * all);
        const ids = sizes.flatMap((n, k) => new Array<number>(n).fill(k));
        for (const target of ['set', 'even'] as const) {
          const weights = classWeights(ids, target);
          expect(Math.max(...weights)).toBe(1);
          const drawn = sizes.map((n, k) => n * (weights[k] as number));
          const total = drawn.reduce((sum, n) => sum + n, 0);
          shown(drawn.map((n) => n / total)).forEach((share, k) => {
            const wanted = target === 'set' ? (sizes[k] as number) / all : 1 / sizes.length;
            expect(share).toBeCloseTo(wanted, 9);
          });
        }
      }),
    );
  });

  test('takes a class that is drawn more than half of the time', () => {
    // Close to a half in the set, so most of what is drawn.
    const ids = [...new Array(49).fill(0), ...new Array(26).fill(1), ...new Array(25).fill(2)];
    const weights = classWeights(ids, 'set');
    const drawn = [49, 26, 25].map((n, k) => n * (weights[k] as number));
    const total = drawn.reduce((sum, n) => sum + n, 0);
    expect((drawn[0] as number) / total).toBeGreaterThan(0.5);
    shown(drawn.map((n) => n / total)).forEach((share, k) => {
      expect(share).toBeCloseTo([0.49, 0.26, 0.25][k] as number, 9);
    });
  });

  test('leaves classes that are not there at 0, and two halves as they are', () => {
    expect([...classWeights([3, 1, 1], 'even')]).toEqual([0, 0.5, 0, 1]);
    expect([...classWeights(Uint8Array.of(0, 1, 2, 4), 'set')]).toEqual([1, 1, 1, 0, 1]);
    expect([...classWeights([0, 2, 0, 2], 'set')]).toEqual([1, 0, 1]);
  });

  test('says what does not fit', () => {
    for (const ids of [
      [0, 0, 1],
      [0, 0, 1, 2],
    ]) {
      expect(() => classWeights(ids, 'set')).toThrow(
        new RangeError(
          `classWeights: every class must be less than half of the set to be seen as often in pairs, got ${
            2 / ids.length
          } for class 0; use 'even', or weights of your own`,
        ),
      );
    }
    expect(() => classWeights([], 'even')).toThrow(
      new RangeError('classWeights: labels must be given, got none'),
    );
    for (const id of [-1, 0.5, Number.NaN]) {
      expect(() => classWeights([0, id], 'even')).toThrow(
        new RangeError(`classWeights: class ids must be integers of at least 0, got ${id} at 1`),
      );
    }
    expect(() => classWeights([0, 1], 'odd' as 'even')).toThrow(
      new RangeError("classWeights: target must be 'even' or 'set', got 'odd'"),
    );
  });
});
