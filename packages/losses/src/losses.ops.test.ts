import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { classBalanced } from './classBalanced.js';
import { gradientOf, type Row, reference } from './fixtures/reference.js';
import { focal } from './focal.js';
import { klDivergence } from './klDivergence.js';
import type { Loss } from './Loss.js';
import { labelSmoothing } from './labelSmoothing.js';
import { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

const each = { reduction: 'none' } as const;
const weights = [0.25, 2, 0, 1.75];
const weightOf = ({ t }: Row) => t.reduce((sum, v, k) => sum + v * (weights[k] as number), 0);
const smooth = ({ y, t }: Row): Row => {
  const even = t.reduce((sum, v) => sum + v, 0) / t.length;
  return { y, t: t.map((v) => 0.75 * v + 0.25 * even) };
};

/** Every loss here with the loss of one row in plain numbers. */
const losses: { name: string; loss: Loss; row: (row: Row) => number }[] = [
  { name: 'klDivergence', loss: klDivergence, row: reference.klDivergence },
  { name: 'softmaxCrossEntropy', loss: softmaxCrossEntropy, row: reference.softmaxCrossEntropy },
  { name: 'sigmoidCrossEntropy', loss: sigmoidCrossEntropy, row: reference.sigmoidCrossEntropy },
  ...[0, 0.5, 2].map((gamma) => ({
    name: 'focal',
    loss: focal({ gamma }),
    row: reference.focal(gamma),
  })),
  {
    name: 'labelSmoothing',
    loss: labelSmoothing(klDivergence, 0.25),
    row: (row) => reference.klDivergence(smooth(row)),
  },
  {
    name: 'classBalanced',
    loss: classBalanced(klDivergence, weights),
    row: (row) => weightOf(row) * reference.klDivergence(row),
  },
  {
    name: 'classBalanced',
    loss: classBalanced(focal({ gamma: 1 }), weights),
    row: (row) => weightOf(row) * reference.focal(1)(row),
  },
];
const plain = losses.slice(0, 3);

/** Sixteenths, which float32 holds exactly. */
const logit = fc.integer({ min: -160, max: 160 }).map((n) => n / 16);
const rowOf = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 4, maxLength: 4 });
/** Soft rows that sum to 1, often with zeros. */
const target = rowOf(fc.nat(4))
  .filter((counts) => counts.some((n) => n > 0))
  .map((counts) => counts.map((n) => n / counts.reduce((sum, m) => sum + m, 0)));
const batch = fc.array(fc.record({ y: rowOf(logit), t: target }), { minLength: 1, maxLength: 8 });
const tensors = (rows: Row[]) => ({
  t: tf.tensor2d(rows.map(({ t }) => t)),
  y: tf.tensor2d(rows.map(({ y }) => y)),
});
const settings = { numRuns: 10 };

const FLT_MAX = 3.4028234663852886e38;
/** Rows of logits with all that float32 has between them. */
const wild = [
  [1e4, -1e4, 0, 5],
  [-1e4, 1e4, -1e4, 1e4],
  [FLT_MAX, -FLT_MAX, 0, 1],
  [-FLT_MAX, FLT_MAX, FLT_MAX, -FLT_MAX],
  [-FLT_MAX, -FLT_MAX, -FLT_MAX, -FLT_MAX],
  [1e-45, -1e-45, 1e-38, 0],
];
/** Targets, each with zeros, that agree and disagree with them. */
const targets = [
  [0, 1, 0, 0],
  [1, 0, 0, 0],
  [0.5, 0.5, 0, 0],
  [0, 0, 0.25, 0.75],
  [1e-45, 0, 1, 0],
  [1, 0, 1, 0],
  [0, 0, 0, 0],
];

describe.each(losses)('$name', ({ name, loss, row }) => {
  test('is the formula written with plain numbers, row by row and in the mean', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (rows) => {
        const { t, y } = tensors(rows);
        const expected = rows.map(row);
        await expect(loss(t, y, each)).toBeAllClose(expected, { atol: 1e-5 });
        const mean = expected.reduce((sum, v) => sum + v, 0) / rows.length;
        await expect(loss(t, y)).toBeAllClose([mean], { atol: 1e-5 });
      }),
      settings,
    );
  });

  test('has the gradient of that formula', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (rows) => {
        const { t, y } = tensors(rows);
        const expected = rows.flatMap((each) =>
          gradientOf(row, each).map((slope) => slope / rows.length),
        );
        await expect(tf.grad((x) => loss(t, x))(y)).toBeAllClose(expected, { atol: 5e-6 });
      }),
      settings,
    );
  });

  test('weighs the gradient of each row as it is told', async () => {
    const { t, y } = tensors([
      { y: [1, 2, 3, 4], t: [0.5, 0.5, 0, 0] },
      { y: [0, 0, 1, -1], t: [0, 0, 0, 1] },
    ]);
    const rows = tf.grad((x) => loss(t, x, each))(y, tf.tensor1d([2, -3]));
    const alone = tf.grad((x) => loss(t, x))(y);
    // The mean weighs each of the two by a half.
    await expect(rows).toBeAllClose(tf.mul(alone, tf.tensor2d([[4], [-6]])));
  });

  test.each(targets)('is finite for wild logits and targets %p %p %p %p', async (...row) => {
    const t = tf.tensor2d(wild.map(() => row));
    const y = tf.tensor2d(wild);
    for (const value of [loss(t, y), loss(t, y, each), tf.grad((x) => loss(t, x))(y)]) {
      const values = Array.from(await value.data());
      expect(values.filter((v) => !Number.isFinite(v))).toEqual([]);
    }
  });

  test('stays finite in the mean of a large batch of the largest losses', async () => {
    const t = tf.tile(tf.tensor2d([[0, 1, 0, 0]]), [256, 1]);
    const y = tf.tile(tf.tensor2d([[FLT_MAX, -FLT_MAX, FLT_MAX, FLT_MAX]]), [256, 1]);
    const [mean] = await loss(t, y).data();
    expect(mean).toBeGreaterThan(1e29);
    expect(Number.isFinite(mean)).toBe(true);
  });

  test('is NaN when one logit is, so that training can stop', async () => {
    for (const at of [0, 1, 3]) {
      const row = [1, 2, 3, 4].map((v, k) => (k === at ? Number.NaN : v));
      const t = tf.tensor2d([
        [0, 1, 0, 0],
        [0, 1, 0, 0],
      ]);
      const y = tf.tensor2d([row, [1, 2, 3, 4]]);
      const rows = await loss(t, y, each).data();
      expect(Number.isNaN(rows[0])).toBe(true);
      expect(Number.isFinite(rows[1])).toBe(true);
      expect(Number.isNaN((await loss(t, y).data())[0])).toBe(true);
    }
  });

  test('takes labels of integers', async () => {
    const y = tf.tensor2d([[1, 2, 3, 4]]);
    const ints = tf.tensor2d([[0, 1, 0, 0]], undefined, 'int32');
    const floats = tf.cast(ints, 'float32');
    await expect(loss(ints, y)).toBeAllClose(loss(floats, y));
    await expect(tf.grad((x) => loss(ints, x))(y)).toBeAllClose(tf.grad((x) => loss(floats, x))(y));
  });

  test('returns one new tensor and keeps its inputs, with its gradient and without', async () => {
    const { t, y } = tensors([{ y: [1, 2, 3, 4], t: [0.5, 0.5, 0, 0] }]);
    const before = tf.memory().numTensors;
    expect(loss(t, y).shape).toEqual([]);
    expect(loss(t, y, each).shape).toEqual([1]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.valueAndGrad((x) => loss(t, x))(y);
    expect(tf.memory().numTensors).toBe(before + 4);
    await expect(t).toBeAllClose([0.5, 0.5, 0, 0]);
    await expect(y).toBeAllClose([1, 2, 3, 4]);
  });

  test('says which shapes do not fit', () => {
    expect(() => loss(tf.zeros([2, 3]), tf.zeros([2, 4]))).toThrow(
      new RangeError(
        `${name}: labels and logits must both be [B, K], got labels [2, 3] and logits [2, 4]`,
      ),
    );
    expect(() => loss(tf.zeros([2]), tf.zeros([2, 4]))).toThrow(
      new RangeError(
        `${name}: labels and logits must both be [B, K], got labels [2] and logits [2, 4]; make rows of class ids with tf.oneHot`,
      ),
    );
    expect(() => loss(tf.zeros([4]), tf.zeros([4]))).toThrow(
      new RangeError(
        `${name}: labels and logits must both be [B, K], got labels [4] and logits [4]`,
      ),
    );
    expect(() => loss(tf.zeros([2, 4]), tf.zeros([2, 4]), { reduction: 'sum' as 'none' })).toThrow(
      /: reduction must be 'mean' or 'none', got 'sum'$/,
    );
  });
});

describe.each(plain.slice(0, 2))('$name', ({ loss }) => {
  test('does not change when all logits of a row move together', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (rows) => {
        const { t, y } = tensors(rows);
        await expect(loss(t, tf.add(y, 1024))).toBeAllClose(loss(t, y), { atol: 1e-5 });
      }),
      settings,
    );
  });

  test('has the gradient softmax − t at the ends of float32', async () => {
    const t = tf.tensor2d([[0.5, 0.5, 0, 0]]);
    const y = tf.tensor2d([[FLT_MAX, -FLT_MAX, 0, 1]]);
    await expect(tf.grad((x) => loss(t, x))(y)).toBeAllClose([0.5, -0.5, 0, 0]);
  });

  test('counts a difference beyond 1e30 as 1e30', async () => {
    const y = tf.tensor2d([[FLT_MAX, -FLT_MAX]]);
    await expect(tf.div(loss(tf.tensor2d([[0, 1]]), y), 1e30)).toBeAllClose([1]);
  });
});

describe('klDivergence', () => {
  test('is 0 when the model says exactly the ratio, and more otherwise', async () => {
    const t = tf.tensor2d([[0.25, 0.75, 0]]);
    // e^−200 is 0 to float32.
    const said = tf.tensor2d([[Math.log(0.25), Math.log(0.75), -200]]);
    await expect(klDivergence(t, said)).toBeAllClose([0], { atol: 1e-7 });
    await expect(tf.grad((y) => klDivergence(t, y))(said)).toBeAllClose([0, 0, 0], { atol: 1e-7 });
    await fc.assert(
      fc.asyncProperty(batch, async (rows) => {
        const { t, y } = tensors(rows);
        const values = await klDivergence(t, y, each).data();
        expect(Math.min(...values)).toBeGreaterThanOrEqual(-1e-6);
      }),
      settings,
    );
  });

  test('is cross-entropy for labels without doubt', async () => {
    const t = tf.tensor2d([[0, 1, 0]]);
    const y = tf.tensor2d([[3, -1, 2]]);
    await expect(klDivergence(t, y)).toBeAllClose(softmaxCrossEntropy(t, y));
  });
});
