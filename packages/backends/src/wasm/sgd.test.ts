import * as tf from '@tensorflow/tfjs-core';
import { guardHeap } from '../testing/guardHeap.js';
import { error, run, same, values } from '../testing/kernels.js';
import { registerWasmKernels } from './registerWasmKernels.js';

const rates = {
  learningRate: 0.1,
  momentum: 0.9,
  weightDecay: 0.01,
  nesterov: false,
  first: false,
};

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe.each([false, true])('BclSgd, Nesterov %s', (nesterov) => {
  test.each([1, 2, 3, 4, 5, 7, 8, 1001])('is the formula on plain numbers: %s weights', (count) => {
    const [w, g, v] = [1, 2, 3].map((seed) => values(count, seed)) as Three;
    for (const first of [false, true]) {
      const [newW, newV] = step(w, g, v, { ...rates, nesterov, first });
      const expectedV = v.map((value, i) => {
        const gradient = (g[i] as number) + 0.01 * (w[i] as number);
        return first ? gradient : 0.9 * value + gradient;
      });
      const expectedW = w.map((weight, i) => {
        const gradient = (g[i] as number) + 0.01 * weight;
        const velocity = expectedV[i] as number;
        return weight - 0.1 * (nesterov ? gradient + 0.9 * velocity : velocity);
      });
      expect(error(newV, expectedV, 1)).toBeLessThan(5e-7);
      expect(error(newW, expectedW, 1)).toBeLessThan(5e-7);
    }
  });

  test('takes the gradient for the velocity at the first step, whatever was there', () => {
    const [w, g] = [values(7, 1), values(7, 2)];
    const attrs = { ...rates, nesterov, first: true };
    const [newW, newV] = step(w, g, new Float32Array(7).fill(Number.NaN), attrs);
    const [withoutW, withoutV] = step(w, g, undefined, attrs);
    const [zeroW, zeroV] = step(w, g, new Float32Array(7), { ...rates, nesterov });
    expect([same(newW, withoutW), same(newV, withoutV)]).toEqual([true, true]);
    expect([same(newW, zeroW), same(newV, zeroV)]).toEqual([true, true]);
    const [againW] = step(w, g, undefined, { ...rates, nesterov, first: false });
    expect(same(againW, newW)).toBe(true); // no velocity is a first step too
  });

  test('follows several steps in float64', () => {
    const target = [...values(5, 3)];
    let [w, v]: [Float32Array, Float32Array] = [values(5, 1), new Float32Array(5)];
    let [plainW, plainV] = [[...w], new Array<number>(5).fill(0)];
    for (let i = 0; i < 30; i++) {
      const g = w.map((weight, k) => weight - (target[k] as number));
      [w, v] = step(w, g, v, { ...rates, nesterov, first: i === 0 });
      const plainG = plainW.map((weight, k) => weight * 1.01 - (target[k] as number));
      plainV = plainV.map((velocity, k) => 0.9 * velocity + (plainG[k] as number));
      plainW = plainW.map((weight, k) => {
        const velocity = plainV[k] as number;
        return weight - 0.1 * (nesterov ? (plainG[k] as number) + 0.9 * velocity : velocity);
      });
    }
    expect(error(w, plainW, 1)).toBeLessThan(1e-5);
    expect(error(v, plainV, 1)).toBeLessThan(1e-5);
  });
});

test('BclSgd without momentum or decay is w − η g', () => {
  const [w, g, v] = [1, 2, 3].map((seed) => values(6, seed)) as Three;
  const [newW, newV] = step(w, g, v, { ...rates, momentum: 0, weightDecay: 0 });
  expect(
    error(
      newW,
      w.map((weight, i) => weight - 0.1 * (g[i] as number)),
      1,
    ),
  ).toBeLessThan(2e-7);
  expect(same(newV, g)).toBe(true);
});

test('BclSgd keeps its operands and shapes, makes two tensors, lets NaN through', () => {
  const plain = [1, 2, 3].map((seed) => values(12, seed)) as Three;
  plain[1][5] = Number.NaN;
  const [w, g, v] = plain.map((values) => tf.tensor3d(values, [2, 3, 2])) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const before = tf.memory();
  const results = run('BclSgd', { w, g, v }, rates);
  expect(tf.memory().numTensors).toBe(before.numTensors + 2);
  expect(results.map((t) => t.shape)).toEqual([
    [2, 3, 2],
    [2, 3, 2],
  ]);
  for (const result of results) {
    expect(Array.from(result.dataSync()).findIndex(Number.isNaN)).toBe(5);
    expect(result.dataSync().filter(Number.isNaN)).toHaveLength(1);
  }
  expect([w, g, v].map((t, i) => same(t.dataSync<'float32'>(), plain[i] as Float32Array))).toEqual([
    true,
    true,
    true,
  ]);
  tf.dispose(results);
  expect(tf.memory()).toEqual(before);
});

test('BclSgd in place gives the same bits, over what nobody else holds and nowhere else', () => {
  const [plainW, plainG, plainV] = [1, 2, 3].map((seed) => values(9, seed)) as Three;
  const [w, g, v] = [plainW, plainG, plainV].map((x) => tf.tensor1d(x)) as Tensors;
  const [expectedW, expectedV] = step(plainW, plainG, plainV, rates);
  const kept = tf.clone(w);
  const before = tf.memory().numDataBuffers;
  const [newW, newV] = run('BclSgd', { w, g, v }, { ...rates, inPlace: true }) as Tensors;
  expect(tf.memory().numDataBuffers).toBe(before + 1); // w is held twice, v is not
  expect([newW.dataId === w.dataId, newV.dataId === v.dataId]).toEqual([false, true]);
  expect(same(newW.dataSync<'float32'>(), expectedW)).toBe(true);
  expect(same(newV.dataSync<'float32'>(), expectedV)).toBe(true);
  expect(same(kept.dataSync<'float32'>(), plainW)).toBe(true);
  expect(same(g.dataSync<'float32'>(), plainG)).toBe(true);
  // At the first step the velocity is new: the gradient that stands in its place is the caller's.
  const first = run('BclSgd', { w, g, v: g }, { ...rates, first: true, inPlace: true });
  expect(first.some(({ dataId }) => dataId === g.dataId)).toBe(false);
  expect(same(g.dataSync<'float32'>(), plainG)).toBe(true);
});

type Tensors = [tf.Tensor, tf.Tensor, tf.Tensor];
type Three = [Float32Array, Float32Array, Float32Array];

function step(
  w: Float32Array,
  g: Float32Array,
  v: Float32Array | undefined,
  attrs: typeof rates,
): [Float32Array, Float32Array] {
  return tf.tidy(() => {
    const inputs = { w: tf.tensor1d(w), g: tf.tensor1d(g), ...(v && { v: tf.tensor1d(v) }) };
    return run('BclSgd', inputs, attrs).map((t) => t.dataSync()) as [Float32Array, Float32Array];
  });
}
