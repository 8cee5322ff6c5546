import { createRandom, type Random } from '@bcl/random';
import { beta } from './beta.js';
import { drawRatios, drawShares } from './drawRatios.js';
import { checkRatioRule, type RatioRule, type RatioSettings } from './ratioRule.js';

const draws = (rule: RatioRule, { epoch = 1, count = 20_000, seed = 3 } = {}) =>
  Array.from(drawRatios('test', count, createRandom(seed), rule, epoch));
const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const moment = (values: number[], k: number) => mean(values.map((v) => v ** k));

/** E x^k of Beta(a, b): the product of (a + i) / (a + b + i) for i below k. */
const betaMoment = (a: number, b: number, k: number) =>
  Array.from({ length: k }, (_, i) => (a + i) / (a + b + i)).reduce((p, v) => p * v, 1);

/** Within four standard deviations of a mean of `n` draws. */
function expectMoment(values: number[], k: number, first: number, double: number): void {
  const deviation = Math.sqrt((double - first ** 2) / values.length);
  expect(Math.abs(moment(values, k) - first)).toBeLessThan(4 * deviation);
}

describe('beta', () => {
  test.each([
    [0.001, 0.001],
    [0.1, 0.1],
    [0.2, 0.2],
    [0.5, 2],
    [1, 1],
    [1, 3],
    [2, 5],
    [8, 8],
    [200, 100],
  ])('has the moments of Beta(%d, %d)', (a, b) => {
    const random = createRandom(`${a} ${b}`);
    const sample = Array.from({ length: 20_000 }, () => beta(random, a, b));
    expect(sample.every((v) => v >= 0 && v <= 1)).toBe(true);
    for (const k of [1, 2, 3]) {
      expectMoment(sample, k, betaMoment(a, b, k), betaMoment(a, b, 2 * k));
    }
  });

  test('is symmetric unless told', () => {
    expect(beta(createRandom(1), 3)).toBe(beta(createRandom(1), 3, 3));
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draws the same numbers for a seed in every release', () => {
    const random = createRandom(42);
    const drawn = [0.2, 1, 5].flatMap((a) => [beta(random, a), beta(random, a, 2)]);
    expect(drawn.map(Math.fround)).toMatchInlineSnapshot(`
      [
        0.015204992145299911,
        0.0019521380309015512,
        0.4170381426811218,
        0.3118056356906891,
        0.6486819386482239,
        0.617165744304657,
      ]
    `);
  });

  test.each([
    [0, 0, '0'],
    [-1, 2, '-1 and 2'],
    [1, Number.NaN, '1 and NaN'],
    [Number.POSITIVE_INFINITY, 1, 'Infinity and 1'],
  ])('refuses Beta(%d, %d)', (a, b, got) => {
    expect(() => beta(createRandom(1), a, b)).toThrow(
      new RangeError(`beta: beta must be of positive finite numbers, got ${got}`),
    );
  });
});

describe('drawRatios', () => {
  test('draws uniform between two numbers, as the report does from a half up', () => {
    const drawn = draws({ uniform: [0.5, 1] });
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1);
    // Standard deviation of the mean 0.001.
    expect(Math.abs(mean(drawn) - 0.75)).toBeLessThan(0.0041);
    expect(draws({ uniform: [0.25, 0.25] }, { count: 2 })).toEqual([0.25, 0.25]);
    expect(draws({ uniform: [0, 1] }, { count: 100 })).toEqual(draws('uniform', { count: 100 }));
  });

  test('leaves of the first image what a scale of the second does not cover', () => {
    const scales = draws({ scale: [0.1, 0.8] }).map((r) => Math.sqrt(1 - r));
    expect(Math.min(...scales)).toBeGreaterThan(0.0999);
    expect(Math.max(...scales)).toBeLessThan(0.8001);
    // Standard deviation of the mean 0.0014.
    expect(Math.abs(mean(scales) - 0.45)).toBeLessThan(0.0058);
  });

  test.each<[RatioSettings, number, number]>([
    [{ beta: 0.4 }, 0.4, 0.4],
    [{ beta: [2, 1] }, 2, 1],
  ])('draws %j', (rule, a, b) => {
    const drawn = draws(rule);
    for (const k of [1, 2]) expectMoment(drawn, k, betaMoment(a, b, k), betaMoment(a, b, 2 * k));
  });

  test('grows from the ends to uniform over a curriculum, by equal factors', () => {
    const curriculum = { epochs: 5, start: 0.01 };
    // α is 0.01 · 100^((e − 1) / 4).
    for (const [epoch, alpha] of [
      [1, 0.01],
      [2, 0.01 * 100 ** 0.25],
      [3, 0.1],
      [5, 1],
      [90, 1],
    ] as const) {
      const drawn = draws({ curriculum }, { epoch, count: 100 });
      expect(drawn).toEqual(draws({ beta: alpha }, { count: 100 }));
    }
    expect(draws({ curriculum: { epochs: 5 } }, { count: 100 })).toEqual(
      draws({ beta: 0.1 }, { count: 100 }),
    );
    // The shortest there is, and one that is uniform from the start.
    const two = (epoch: number) => draws({ curriculum: { epochs: 2 } }, { epoch, count: 100 });
    expect([two(1), two(2)]).toEqual([
      draws({ beta: 0.1 }, { count: 100 }),
      draws({ beta: 1 }, { count: 100 }),
    ]);
    expect(draws({ curriculum: { epochs: 5, start: 1 } }, { count: 100 })).toEqual(
      draws({ beta: 1 }, { count: 100 }),
    );
    const near = draws({ beta: 0.1 }).filter((r) => r < 0.05 || r > 0.95).length;
    expect(Math.abs(near / 20_000 - 0.75)).toBeLessThan(0.02);
  });

  test('follows a schedule, each rule from its epoch on', () => {
    const rule: RatioRule = {
      schedule: [
        [1, 0.25],
        [3, { uniform: [0.5, 0.5] }],
        [7, 1],
      ],
    };
    const at = (epoch: number) => draws(rule, { epoch, count: 1 })[0];
    expect([1, 2, 3, 6, 7, 100].map(at)).toEqual([0.25, 0.25, 0.5, 0.5, 1, 1]);
  });

  test('tells a function the epoch', () => {
    const seen: [Random, number][] = [];
    const random = createRandom(1);
    drawRatios(
      'test',
      2,
      random,
      (...given) => {
        seen.push(given);
        return 0.5;
      },
      9,
    );
    expect(seen).toEqual([
      [random, 9],
      [random, 9],
    ]);
  });

  test.each<[unknown, string]>([
    [
      { uniform: [0.5, 0.25] },
      "test: ratio's uniform must be two numbers in 0..1, the smaller first, got [0.5,0.25]",
    ],
    [{ uniform: [-0.5, 0.25] }, 'got [-0.5,0.25]'],
    [{ uniform: [0.5, 1.25] }, 'got [0.5,1.25]'],
    [{ uniform: 0.5 }, 'got 0.5'],
    [{ uniform: [0.5] }, 'got [0.5]'],
    [{ uniform: [0, 1, 7] }, 'got [0,1,7]'],
    [
      { scale: [1, 0] },
      "test: ratio's scale must be two numbers in 0..1, the smaller first, got [1,0]",
    ],
    [{ beta: null }, "test: ratio's beta must be a number or two, got null"],
    [{ beta: [1] }, 'got [1]'],
    [{ beta: [1, 2, 3] }, 'got [1,2,3]'],
    [{ beta: 0 }, 'test: beta must be of positive finite numbers, got 0'],
    [{ beta: [1, -1] }, 'test: beta must be of positive finite numbers, got 1 and -1'],
    [{ curriculum: { epochs: 1 } }, 'test: a curriculum must have 2 epochs or more, got 1'],
    [{ curriculum: { epochs: 2.5 } }, 'test: a curriculum must have 2 epochs or more, got 2.5'],
    [
      { curriculum: { epochs: 9, start: 0 } },
      'test: a curriculum must start above 0 and at most at 1, got 0',
    ],
    [{ curriculum: { epochs: 9, start: 2 } }, 'at most at 1, got 2'],
    [
      { schedule: [[2, 'uniform']] },
      'test: a schedule must have rising epochs that begin with 1, got [2]',
    ],
    [
      {
        schedule: [
          [1, 0],
          [1, 1],
        ],
      },
      'begin with 1, got [1, 1]',
    ],
    [
      {
        schedule: [
          [1, 0],
          [2.5, 1],
        ],
      },
      'begin with 1, got [1, 2.5]',
    ],
    [{ schedule: [] }, 'begin with 1, got []'],
    [
      {
        schedule: [
          [1, 0],
          [2, 7],
        ],
      },
      'test: ratio must lie in 0..1, got 7',
    ],
    [-1, 'test: ratio must lie in 0..1, got -1'],
    [
      'beta',
      'test: ratio must be \'uniform\', a number, settings such as { beta: 0.2 } or a function, got "beta"',
    ],
    [{ gamma: 1 }, 'or a function, got {"gamma":1}'],
    [null, 'or a function, got null'],
  ])('refuses %j before anything is drawn', (rule, message) => {
    expect(() => checkRatioRule('test', rule as RatioRule)).toThrow(message);
  });
});

describe('drawShares', () => {
  const three = (rule: RatioRule, count = 20_000) => {
    const { first, third } = drawShares(
      'test',
      new Array(count).fill(true),
      createRandom(6),
      rule,
      1,
    );
    const shares = Array.from(first, (r1, i) => {
      const r3 = third[i] as number;
      return [r1, 1 - r1 - r3, r3];
    });
    expect(shares.flat().every((share) => share >= -(2 ** -24))).toBe(true);
    return shares;
  };
  const column = (shares: number[][], k: number) => shares.map((row) => row[k] as number);

  // Of Dirichlet(α, α, α) each share is Beta(α, 2α), and E ri rj = α / (3 (3α + 1)).
  test.each<[RatioRule, number]>([
    ['uniform', 1],
    [{ beta: 0.2 }, 0.2],
    [{ beta: 3 }, 3],
  ])('draws three from Dirichlet for %j', (rule, alpha) => {
    const shares = three(rule);
    for (const k of [0, 1, 2]) {
      for (const m of [1, 2]) {
        expectMoment(
          column(shares, k),
          m,
          betaMoment(alpha, 2 * alpha, m),
          betaMoment(alpha, 2 * alpha, 2 * m),
        );
      }
    }
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const product = mean(shares.map((row) => (row[i] as number) * (row[j] as number)));
      // No standard deviation is above 0.1 here: four of a mean are below 0.003.
      expect(Math.abs(product - alpha / (3 * (3 * alpha + 1)))).toBeLessThan(0.003);
    }
  });

  test('draws three whose gamma draws are all too small for a float', () => {
    for (const row of three({ beta: 0.0001 }, 100)) {
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
      expect(Math.max(...row)).toBeGreaterThan(0.3);
    }
  });

  test('splits what any other rule leaves at a uniform place', () => {
    const shares = three(0.25);
    expect(new Set(column(shares, 0))).toEqual(new Set([0.25]));
    // Standard deviation of the mean 0.0015.
    for (const k of [1, 2]) expect(Math.abs(mean(column(shares, k)) - 0.375)).toBeLessThan(0.0062);
    expect(mean(column(three({ beta: [2, 1] }), 0))).toBeCloseTo(2 / 3, 1);
  });

  test('gives two no third share', () => {
    const { first, third } = drawShares('test', [true, false, true], createRandom(6), 0.5, 1);
    expect([...first]).toEqual([0.5, 0.5, 0.5]);
    expect(third[1]).toBe(0);
    expect(third[0]).toBeGreaterThan(0);
    expect(third[2]).toBeGreaterThan(0);
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draws the same shares for a seed in every release', () => {
    const drawn = (rule: RatioRule) =>
      drawShares('test', [true, false, true], createRandom(42), rule, 1);
    expect([
      drawn('uniform'),
      drawn({ beta: 0.5 }),
      drawn({ uniform: [0.5, 1] }),
    ]).toMatchInlineSnapshot(`
      [
        {
          "first": Float32Array [
            0.29758548736572266,
            0.622733473777771,
            0.41686028242111206,
          ],
          "third": Float32Array [
            0.6743270754814148,
            0,
            0.15721309185028076,
          ],
        },
        {
          "first": Float32Array [
            0.07932565361261368,
            0.8838648200035095,
            0.15935967862606049,
          ],
          "third": Float32Array [
            0.06877319514751434,
            0,
            0.1860646903514862,
          ],
        },
        {
          "first": Float32Array [
            0.6628364324569702,
            0.8113667368888855,
            0.7084301710128784,
          ],
          "third": Float32Array [
            0.10033498704433441,
            0,
            0.24573123455047607,
          ],
        },
      ]
    `);
  });
});
