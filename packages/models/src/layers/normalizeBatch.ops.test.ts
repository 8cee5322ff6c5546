import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import fc from 'fast-check';
import { normalizeBatch } from './normalizeBatch.js';

const EPSILON = 1e-5;

/** Rows of channels, and what the loss weighs each result with. */
interface Case {
  rows: number[][];
  gamma: number[];
  beta: number[];
  weight: number[][];
}

const example: Case = {
  rows: [
    [1, -4],
    [3, 0],
    [-2, 2],
    [6, -1],
    [0, 5],
    [4, -8],
  ],
  gamma: [0.5, -2],
  beta: [0.25, 1],
  weight: [
    [1, 2],
    [-1, 0.5],
    [3, -2],
    [0.5, 1],
    [2, -3],
    [-4, 4],
  ],
};
const shapes = [
  [6, 2],
  [2, 3, 2],
  [1, 3, 2, 2],
].map((shape) => ({ shape }));

describe.each(shapes)('normalizeBatch of $shape', ({ shape }) => {
  test.each([false, true])(
    'matches the formula written with plain numbers, relu %s',
    async (relu) => {
      const { x, gamma, beta } = tensorsOf(example, shape);
      const { y, mean, variance } = normalizeBatch(x, gamma, beta, { epsilon: EPSILON, relu });
      const expected = reference(example, relu);
      expect(y.shape).toEqual(shape);
      await expect(y).toBeAllClose(expected.y.flat(), { atol: 1e-5 });
      await expect(mean).toBeAllClose(expected.mean);
      await expect(variance).toBeAllClose(expected.variance);
    },
  );

  test.each([false, true])('has the gradient that differences give, relu %s', async (relu) => {
    const { x, gamma, beta, weight } = tensorsOf(example, shape);
    const gradients = tf.grads((x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
      const options = { epsilon: EPSILON, relu };
      const { y } = normalizeBatch(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, options);
      return tf.sum(tf.mul(y, weight));
    })([x, gamma, beta]);
    const { rows, ...rest } = example;
    const bounds = { atol: 1e-4, rtol: 1e-4 };
    const [dx, dgamma, dbeta] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
    expect(dx.shape).toEqual(shape);
    await expect(dx).toBeAllClose(
      differences(rows.flat(), (flat) => loss({ ...rest, rows: pairs(flat) }, relu)),
      bounds,
    );
    await expect(dgamma).toBeAllClose(
      differences(example.gamma, (gamma) => loss({ ...example, gamma }, relu)),
      bounds,
    );
    await expect(dbeta).toBeAllClose(
      differences(example.beta, (beta) => loss({ ...example, beta }, relu)),
      bounds,
    );
  });
});

test('normalizeBatch gives every channel its own mean and spread', async () => {
  const value = fc.integer({ min: -64, max: 64 });
  const row = fc.tuple(value, value);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 20 }), row, async (rows, beta) => {
      const size = [rows.length, 2];
      const { x } = tensorsOf({ rows, gamma: [1, 1], beta, weight: rows }, size);
      const options = { epsilon: EPSILON, relu: false };
      const moments = tf.moments(
        normalizeBatch(x, tf.tensor1d([3, -3]), tf.tensor1d(beta), options).y,
        0,
      );
      await expect(moments.mean).toBeAllClose(beta, { atol: 1e-3 });
      const spread = [0, 1].map((c) => (new Set(rows.map((r) => r[c])).size > 1 ? 9 : 0));
      await expect(moments.variance).toBeAllClose(spread, { atol: 1e-2 });
    }),
    { numRuns: 20 },
  );
});

test('normalizeBatch of a constant channel, or of one row, is the shift', async () => {
  const options = { epsilon: EPSILON, relu: false };
  const constant = normalizeBatch(tf.fill([4, 1], 7), tf.ones([1]), tf.tensor1d([0.5]), options);
  await expect(constant.y).toBeAllClose([0.5, 0.5, 0.5, 0.5]);
  const one = normalizeBatch(tf.tensor2d([[3, -9]]), tf.ones([2]), tf.tensor1d([1, 2]), options);
  await expect(one.y).toBeAllClose([1, 2]);
  await expect(one.mean).toBeAllClose([3, -9]);
  await expect(one.variance).toBeAllClose([0, 0]);
});

test('normalizeBatch returns three new tensors, keeps its inputs, and leaves none after a gradient', () => {
  const { x, gamma, beta } = tensorsOf(example, [6, 2]);
  const options = { epsilon: EPSILON, relu: true };
  const before = tf.memory().numTensors;
  const { y, mean, variance } = normalizeBatch(x, gamma, beta, options);
  expect(tf.memory().numTensors).toBe(before + 3);
  tf.dispose([y, mean, variance]);
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(normalizeBatch(x, gamma, beta, options).y));
  tf.dispose(gradient(x));
  expect(tf.memory().numTensors).toBe(before);
  expect([x, gamma, beta].some(({ isDisposed }) => isDisposed)).toBe(false);
});

function tensorsOf({ rows, gamma, beta, weight }: Case, shape: number[]) {
  return {
    x: tf.tensor(rows.flat(), shape),
    gamma: tf.tensor1d(gamma),
    beta: tf.tensor1d(beta),
    weight: tf.tensor(weight.flat(), shape),
  };
}

/** The formula, channel by channel. */
function reference({ rows, gamma, beta }: Case, relu: boolean) {
  const mean = gamma.map((_, c) => average(rows.map((row) => row[c] as number)));
  const variance = mean.map((m, c) => average(rows.map((row) => ((row[c] as number) - m) ** 2)));
  const y = rows.map((row) =>
    row.map((value, c) => {
      const normal = (value - (mean[c] as number)) / Math.sqrt((variance[c] as number) + EPSILON);
      const z = (gamma[c] as number) * normal + (beta[c] as number);
      return relu ? Math.max(z, 0) : z;
    }),
  );
  return { y, mean, variance };
}

function loss(example: Case, relu: boolean): number {
  const { y } = reference(example, relu);
  const terms = y.flatMap((row, n) => row.map((v, c) => v * (example.weight[n]?.[c] as number)));
  return terms.reduce((sum, term) => sum + term, 0);
}

/** Central differences of `f` in each number. */
function differences(at: number[], f: (values: number[]) => number): number[] {
  const h = 1e-5;
  const moved = (i: number, by: number) => at.map((value, j) => (i === j ? value + by : value));
  return at.map((_, i) => (f(moved(i, h)) - f(moved(i, -h))) / (2 * h));
}

function pairs(flat: number[]): number[][] {
  return Array.from({ length: flat.length / 2 }, (_, n) => flat.slice(2 * n, 2 * n + 2));
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
