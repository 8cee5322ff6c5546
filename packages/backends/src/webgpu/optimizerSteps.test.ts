import * as tf from '@tensorflow/tfjs-core';
import { error, run, same, values } from '../testing/kernels.js';
import { poison } from '../testing/poison.js';

const COUNT = 1001;

describe.each([false, true])('BclSgd, Nesterov %s', (nesterov) => {
  test.each([true, false])('is the formula on plain numbers, first step %s', async (first) => {
    const [w, g, v] = [1, 2, 3].map((seed) => values(COUNT, seed)) as Three;
    const attrs = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov, first };
    const [newW, newV] = await step('BclSgd', { w, g, v: first ? w.map(() => NaN) : v }, attrs);
    const decayed = g.map((gradient, i) => gradient + 0.01 * (w[i] as number));
    const velocity = v.map((old, i) => (first ? 0 : 0.9 * old) + (decayed[i] as number));
    const direction = velocity.map((v, i) => (nesterov ? (decayed[i] as number) + 0.9 * v : v));
    expect(error(newV as Float32Array, velocity, 1)).toBeLessThan(5e-7);
    const expected = w.map((weight, i) => weight - 0.1 * (direction[i] as number));
    expect(error(newW as Float32Array, expected, 1)).toBeLessThan(5e-7);
  });
});

test.each([true, false])(
  'BclAdam is the formula on plain numbers, first step %s',
  async (first) => {
    const [w, g, m, v] = [1, 2, 3, 4].map((seed) => values(COUNT, seed)) as Four;
    const square = v.map(Math.abs);
    const numbers = { rate: 0.02, scale: 1.5, kept: 0.99, weightDecay: 0.1 };
    const attrs = { ...numbers, beta1: 0.9, beta2: 0.99, epsilon: 1e-4, first };
    const memory = first ? { m: g, v: g } : { m, v: square };
    const [newW, newM, newV] = await step('BclAdam', { w, g, ...memory }, attrs);
    const expected = [...w].map((weight, i) => {
      const gradient = (g[i] as number) + 0.1 * weight;
      const mean = 0.1 * gradient + (first ? 0 : 0.9 * (m[i] as number));
      const squares = 0.01 * gradient ** 2 + (first ? 0 : 0.99 * (square[i] as number));
      return [0.99 * weight - (0.02 * mean) / (1.5 * Math.sqrt(squares) + 1e-4), mean, squares];
    });
    for (const [k, got] of [newW, newM, newV].entries()) {
      const plain = expected.map((each) => each[k] as number);
      expect(error(got as Float32Array, plain, 1)).toBeLessThan(1e-6);
    }
  },
);

test.each([
  ['BclSgd', { learningRate: 0.1, momentum: 0.9, weightDecay: 0, nesterov: false, first: true }, 2],
  [
    'BclAdam',
    { rate: 1, scale: 1, kept: 1, weightDecay: 0, beta1: 0.9, beta2: 0.9, epsilon: 1, first: true },
    3,
  ],
])('%s keeps its operands and their shape, and lets NaN through', async (name, attrs, results) => {
  const plain = [values(12, 1), values(12, 2)];
  (plain[1] as Float32Array)[5] = Number.NaN;
  const [w, g] = plain.map((each) => tf.tensor3d(each, [2, 3, 2])) as [tf.Tensor, tf.Tensor];
  const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
  const got = run(name, { w, g, m: g, v: g }, attrs);
  expect(got.map((t) => t.shape)).toEqual(Array(results).fill([2, 3, 2]));
  for (const t of got) {
    const read = Array.from(await t.data());
    expect(read.findIndex(Number.isNaN)).toBe(5);
    expect(read.filter(Number.isNaN)).toHaveLength(1);
  }
  expect(same((await w.data()) as Float32Array, plain[0] as Float32Array)).toBe(true);
  expect(same((await g.data()) as Float32Array, plain[1] as Float32Array)).toBe(true);
  tf.dispose(got);
  expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
});

type Three = [Float32Array, Float32Array, Float32Array];
type Four = [Float32Array, Float32Array, Float32Array, Float32Array];

/** What a kernel gives, from memory that held NaN before. */
async function step(
  name: string,
  inputs: Record<string, Float32Array>,
  attrs: object,
): Promise<Float32Array[]> {
  await poison(COUNT, COUNT, COUNT);
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, tf.tensor1d(value)]),
  );
  return Promise.all(run(name, tensors, attrs).map((t) => t.data() as Promise<Float32Array>));
}
