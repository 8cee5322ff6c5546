import * as tf from '@tensorflow/tfjs-core';
import { guardHeap } from '../testing/guardHeap.js';
import { error, run, same, values } from '../testing/kernels.js';
import { registerWasmKernels } from './registerWasmKernels.js';

const attrs = {
  rate: 0.1,
  scale: 1.5,
  kept: 0.75,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-3,
  first: false,
};

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

test.each([1, 2, 3, 4, 5, 7, 8, 1001])(
  'BclAdam is the formula on plain numbers: %s weights',
  (count) => {
    const [w, g, m] = [1, 2, 3].map((seed) => values(count, seed)) as Three;
    const v = values(count, 4).map(Math.abs);
    for (const first of [false, true]) {
      const gradient = g.map((value, i) => value + 0.01 * (w[i] as number));
      const mean = gradient.map((value, i) => (first ? 0 : 0.9 * (m[i] as number)) + 0.1 * value);
      const square = gradient.map(
        (value, i) => (first ? 0 : 0.999 * (v[i] as number)) + 0.001 * value ** 2,
      );
      const moved = w.map(
        (value, i) =>
          0.75 * value -
          (0.1 * (mean[i] as number)) / (1.5 * Math.sqrt(square[i] as number) + 1e-3),
      );
      const [newW, newM, newV] = step({ w, g, m, v }, { ...attrs, first });
      expect(error(newM, mean, 1)).toBeLessThan(5e-7);
      expect(error(newV, square, 1)).toBeLessThan(5e-7);
      // The quotient passes on what its operands have rounded.
      expect(error(newW, moved, 1)).toBeLessThan(2e-6);
    }
  },
);

test('BclAdam takes its memory for 0 at the first step, whatever was there', () => {
  const [w, g] = [values(7, 1), values(7, 2)];
  const nothing = new Float32Array(7).fill(Number.NaN);
  const first = { ...attrs, first: true };
  const results = step({ w, g, m: nothing, v: nothing }, first);
  const without = step({ w, g }, { ...attrs, first: false }); // no memory is a first step too
  const zeros = step({ w, g, m: new Float32Array(7), v: new Float32Array(7) }, attrs);
  for (const [i, result] of results.entries()) {
    expect(same(result, without[i] as Float32Array)).toBe(true);
    expect(same(result, zeros[i] as Float32Array)).toBe(true);
  }
});

test('BclAdam stays where the gradient is 0, and lets NaN through', () => {
  const [w, zero] = [values(9, 1), new Float32Array(9)];
  const still = { ...attrs, kept: 1, weightDecay: 0 };
  expect(same(step({ w, g: zero, m: zero, v: zero }, still)[0], w)).toBe(true);
  const g = zero.map((_, i) => (i === 5 || i === 8 ? Number.NaN : 0));
  for (const result of step({ w, g, m: zero, v: zero }, still)) {
    expect([...result].map(Number.isNaN)).toEqual([...g].map(Number.isNaN));
  }
});

test('BclAdam keeps its operands and shapes and makes three tensors', () => {
  const plain = [1, 2, 3, 4].map((seed) => values(12, seed).map(Math.abs));
  const [w, g, m, v] = plain.map((numbers) => tf.tensor3d(numbers, [2, 3, 2])) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const before = tf.memory();
  const results = run('BclAdam', { w, g, m, v }, attrs);
  expect(tf.memory().numTensors).toBe(before.numTensors + 3);
  for (const { shape } of results) expect(shape).toEqual([2, 3, 2]);
  for (const [i, operand] of [w, g, m, v].entries()) {
    expect(same(operand.dataSync<'float32'>(), plain[i] as Float32Array)).toBe(true);
  }
  tf.dispose(results);
  expect(tf.memory()).toEqual(before);
});

test('BclAdam in place gives the same bits, over what nobody else holds and nowhere else', () => {
  const plain = [1, 2, 3, 4].map((seed) => values(9, seed).map(Math.abs)) as Four;
  const [w, g, m, v] = plain.map((numbers) => tf.tensor1d(numbers)) as Four<tf.Tensor>;
  const expected = step({ w: plain[0], g: plain[1], m: plain[2], v: plain[3] }, attrs);
  const kept = tf.clone(m);
  const before = tf.memory().numDataBuffers;
  const results = run('BclAdam', { w, g, m, v }, { ...attrs, inPlace: true });
  expect(tf.memory().numDataBuffers).toBe(before + 1); // m is held twice
  expect([w, m, v].map(({ dataId }, i) => results[i]?.dataId === dataId)).toEqual([
    true,
    false,
    true,
  ]);
  for (const [i, result] of results.entries()) {
    expect(same(result.dataSync<'float32'>(), expected[i] as Float32Array)).toBe(true);
  }
  expect(same(kept.dataSync<'float32'>(), plain[2])).toBe(true);
  expect(same(g.dataSync<'float32'>(), plain[1])).toBe(true);
});

type Four<T = Float32Array> = [T, T, T, T];
type Three = [Float32Array, Float32Array, Float32Array];

function step(inputs: Record<string, Float32Array>, with_: typeof attrs): Three {
  return tf.tidy(() => {
    const tensors = Object.entries(inputs).map(([name, x]) => [name, tf.tensor1d(x)]);
    return run('BclAdam', Object.fromEntries(tensors), with_).map((t) => t.dataSync()) as Three;
  });
}
