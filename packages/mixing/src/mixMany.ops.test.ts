import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's ops
import * as fc from 'fast-check';
import { type BetweenClassOptions, betweenClass } from './betweenClass.js';
import { referenceMany } from './fixtures/reference.js';
import { mixLabels } from './mixLabels.js';
import { mixMany } from './mixMany.js';
import { mixManyLabels } from './mixManyLabels.js';

const settings: BetweenClassOptions[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  zeroMean: (bits & 1) > 0,
  keepEnergy: (bits & 2) > 0,
  balance: (bits & 4) > 0,
}));

const plain = [
  [1, -2, 3, 0, 4, -4, 2, 1],
  [8, 0, -8, 16, 0, 0, 8, -8],
  [5, 5, 5, 5, 5, 5, 5, 6],
  [0, 1, 0, -1, 2, 0, -2, 1],
];
const flat = [3, 3, 3, 3, 3, 3, 3, 3];
const batch = (images: number[][]) => tf.tensor(images.flat(), [images.length, 2, 2, 2]);

/** Shares in sixteenths, some of them 0. */
const shares = fc
  .array(fc.nat(16), { minLength: 3, maxLength: 3 })
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => parts.map((part) => part / parts.reduce((sum, n) => sum + n, 0)));
const image = fc.oneof(
  fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 8, maxLength: 8 }),
  fc.integer({ min: -8, max: 8 }).map((v) => new Array<number>(8).fill(v)),
);

describe.each(settings)('mixMany %j', (options) => {
  test('mixes four as the formula says', async () => {
    const r = [0.5, 0.125, 0.25, 0.125];
    const xs = plain.map((x) => batch([x]));
    const expected = referenceMany(plain, r, options);
    await expect(mixMany(xs, [r], options)).toBeAllClose(expected);
    await expect(mixMany(xs, [Float64Array.from(r)], options)).toBeAllClose(expected);
    await expect(mixMany(xs, tf.tensor2d([r]), options)).toBeAllClose(expected);
  });

  test('follows the formula for any three, flat ones and shares of 0 included', async () => {
    const triples = fc.array(fc.record({ a: image, b: image, c: image, r: shares }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(triples, async (drawn) => {
        const xs = (['a', 'b', 'c'] as const).map((key) => batch(drawn.map((each) => each[key])));
        const mixed = mixMany(
          xs,
          drawn.map(({ r }) => r),
          options,
        );
        await expect(mixed).toBeAllClose(
          drawn.flatMap(({ a, b, c, r }) => referenceMany([a, b, c], r, options)),
          { atol: 2e-5 },
        );
      }),
      { numRuns: 12 },
    );
  });

  test('is betweenClass at two', async () => {
    const [x1, x2] = [batch(plain.slice(0, 2)), batch(plain.slice(2))];
    await expect(
      mixMany(
        [x1, x2],
        [
          [0.25, 0.75],
          [1, 0],
        ],
        options,
      ),
    ).toBeAllClose(betweenClass(x1, x2, [0.25, 1], options));
  });

  test('is the same mix in any order', async () => {
    const xs = plain.slice(0, 3).map((x) => batch([x]));
    const [a, b, c] = xs as [tf.Tensor, tf.Tensor, tf.Tensor];
    await expect(mixMany([a, b, c], [[0.5, 0.125, 0.375]], options)).toBeAllClose(
      mixMany([c, a, b], [[0.375, 0.5, 0.125]], options),
      { atol: 1e-5 },
    );
  });

  test('hands the derivative of the formula to each example and share', async () => {
    const weights = [1, -2, 3, 1, -1, 2, 0, 1];
    const r = [0.5, 0.125, 0.375];
    const images = plain.slice(0, 3);
    const value = (xs: number[][], ri: number[]) =>
      referenceMany(xs, ri, options).reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
    const moved = (x: number[], at: number, h: number) => x.map((v, i) => (i === at ? v + h : v));
    const gradient = (f: (h: number) => number) => (f(1e-6) - f(-1e-6)) / 2e-6;
    const grads = tf.grads((a, b, c) =>
      tf.sum<tf.Scalar>(
        tf.mul(mixMany([a, b, c] as tf.Tensor[], [r], options), tf.reshape(weights, [1, 2, 2, 2])),
      ),
    )(images.map((x) => batch([x])));
    for (const [n, got] of grads.entries()) {
      const expected = weights.map((_, i) =>
        gradient((h) =>
          value(
            images.map((x, k) => (k === n ? moved(x, i, h) : x)),
            r,
          ),
        ),
      );
      await expect(got).toBeAllClose(expected, { rtol: 1e-4, atol: 2e-4 });
    }
    const [toShares] = tf.grads((s) =>
      tf.sum<tf.Scalar>(
        mixMany(
          images.map((x) => batch([x])),
          s as tf.Tensor2D,
          options,
        ),
      ),
    )([tf.tensor2d([r])]);
    expect((await (toShares as tf.Tensor).data()).every(Number.isFinite)).toBe(true);
  });
});

describe('mixMany', () => {
  test('mixes plain shares unless told, and takes no mean that nothing asks for', async () => {
    const r = [0.5, 0.125, 0.375];
    const xs = plain.slice(0, 3).map((x) => batch([x]));
    await expect(mixMany(xs, [r])).toBeAllClose(referenceMany(plain.slice(0, 3), r));
    const run = await tf.profile(() => mixMany(xs, [r]));
    expect(run.kernelNames).not.toContain('Mean');
  });

  test('gives flat examples the whole, each its share among them', async () => {
    const balance = { balance: true };
    const xs = [plain[0], flat, flat.map((v) => v + 4)].map((x) => batch([x as number[]]));
    await expect(mixMany(xs, [[0.5, 0.375, 0.125]], balance)).toBeAllClose(
      new Array(8).fill(3 * 0.75 + 7 * 0.25),
    );
    // One that has no share takes none.
    await expect(mixMany(xs, [[1, 0, 0]], balance)).toBeAllClose(plain[0] as number[]);
  });

  test('does not divide by the strength of what has no share', async () => {
    const tiny = (plain[1] as number[]).map((v) => v * 2 ** -60);
    const huge = (plain[0] as number[]).map((v) => v * 2 ** 60);
    const xs = [huge, tiny].map((x) => batch([x]));
    const mixed = mixMany(xs, [[1, 0]], { balance: true });
    await expect(tf.div(mixed, 2 ** 60)).toBeAllClose(plain[0] as number[]);
  });

  test('returns one new tensor and keeps its inputs', async () => {
    const xs = plain.slice(0, 3).map((x) => batch([x]));
    const r = tf.tensor2d([[0.5, 0.25, 0.25]]);
    const before = tf.memory().numTensors;
    for (const options of settings) mixMany(xs, r, options);
    mixMany(xs.slice(0, 1), [[1]]);
    expect(tf.memory().numTensors).toBe(before + settings.length + 1);
    await expect(xs[0] as tf.Tensor).toBeAllClose(plain[0] as number[]);
  });

  test('says what does not fit', () => {
    const x = tf.zeros([2, 3]);
    const half = [
      [0.5, 0.5],
      [0.5, 0.5],
    ];
    expect(() => mixMany([], [])).toThrow(
      new RangeError('mixMany: batches of one shape are needed, got none'),
    );
    expect(() => mixMany([x, tf.zeros([2, 4])], half)).toThrow(
      new RangeError('mixMany: batches of one shape are needed, got [2, 3] and [2, 4]'),
    );
    expect(() => mixMany([tf.zeros([4])], [[1]])).toThrow(
      new RangeError(
        'mixMany: all must be batches, [B, …], got [4]; add the batch axis with tf.expandDims',
      ),
    );
    expect(() => mixMany([x, x], [[0.5, 0.5]])).toThrow(
      new RangeError('mixMany: shares must be 2 rows, one for each example, got 1'),
    );
    for (const row of [[0.5, 0.25], [1], [1.5, -0.5], [Number.NaN, 1], [0.5, 0.25, 0.25]]) {
      expect(() => mixMany([x, x], [[0.5, 0.5], row])).toThrow(
        new RangeError(
          `mixMany: shares must be rows of 2 numbers from 0 up that sum to 1, got [${row.join(', ')}] at 1`,
        ),
      );
    }
    for (const shape of [[2, 3], [1, 2], [4], [2, 2, 1]]) {
      expect(() => mixMany([x, x], tf.zeros(shape as [number, number]))).toThrow(
        new RangeError(`mixMany: shares must be [2, 2], got [${shape.join(', ')}]`),
      );
    }
  });
});

describe('mixManyLabels', () => {
  const ys = () => [0, 1, 2].map((k) => tf.oneHot([k, k, 0], 3));
  const r = [
    [0.5, 0.125, 0.375],
    [0.25, 0.375, 0.375],
    [0, 0.25, 0.75],
  ];

  test.each([
    ['ratio', [0.5, 0.125, 0.375, 0.25, 0.375, 0.375, 1, 0, 0]],
    // Of equals the last, as two have it: a half is not more than a half.
    ['single', [1, 0, 0, 0, 0, 1, 1, 0, 0]],
    ['multi', [1, 1, 1, 1, 1, 1, 1, 0, 0]],
  ] as const)('mixes by the rule %s', async (rule, expected) => {
    const mixed = mixManyLabels(ys(), r, { rule });
    expect(mixed.dtype).toBe('float32');
    await expect(mixed).toBeAllClose(expected);
    await expect(mixManyLabels(ys(), tf.tensor2d(r), { rule })).toBeAllClose(expected);
  });

  test('leaves out of multi what has no share', async () => {
    await expect(mixManyLabels(ys(), [[1, 0, 0], ...r.slice(1)], { rule: 'multi' })).toBeAllClose([
      1, 0, 0, 1, 1, 1, 1, 0, 0,
    ]);
  });

  test.each(['ratio', 'single'] as const)('is mixLabels at two, rule %s', async (rule) => {
    const [y1, y2] = ys() as [tf.Tensor, tf.Tensor];
    const two = [0.25, 0.5, 0.75];
    const both = two.map((share) => [share, 1 - share]);
    await expect(mixManyLabels([y1, y2], both, { rule })).toBeAllClose(
      mixLabels(y1, y2, two, { rule }),
    );
  });

  test('mixes by ratio unless told, keeps its inputs and returns one new tensor', async () => {
    const rows = ys();
    const before = tf.memory().numTensors;
    const mixed = mixManyLabels(rows, r);
    mixManyLabels(rows, r, { rule: 'single' });
    mixManyLabels(rows, r, { rule: 'multi' });
    expect(tf.memory().numTensors).toBe(before + 3);
    await expect(mixed).toBeAllClose(mixManyLabels(rows, r, { rule: 'ratio' }));
  });

  test('says what does not fit', () => {
    expect(() => mixManyLabels(ys(), r.slice(1))).toThrow(
      new RangeError('mixManyLabels: shares must be 3 rows, one for each example, got 2'),
    );
    expect(() => mixManyLabels([...ys(), tf.zeros([3, 2])], r)).toThrow(
      'mixManyLabels: batches of one shape are needed',
    );
    expect(() => mixManyLabels(ys(), r, { rule: 'all' as 'multi' })).toThrow(
      new RangeError("mixManyLabels: rule must be 'ratio', 'single' or 'multi', got 'all'"),
    );
  });
});
