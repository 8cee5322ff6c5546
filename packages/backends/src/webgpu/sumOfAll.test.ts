import * as tf from '@tensorflow/tfjs-core';
import { values } from '../testing/kernels.js';
import type { WebgpuBackend } from './webgpuKernel.js';

/** Runs the kernel on tensors of these shapes and numbers, reads and disposes all. */
async function sumOfAll(shapes: number[][], change: (numbers: Float32Array[]) => void = () => {}) {
  const numbers = shapes.map((shape, i) => values(tf.util.sizeFromShape(shape), i + 1));
  change(numbers);
  const tensors = numbers.map((x, i) => tf.tensor(x, shapes[i] as number[]));
  const inputs = Object.fromEntries(tensors.map((x, i) => [`tensor/${i}`, x]));
  const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
  const sum = tf.engine().runKernel('BclSumOfAll', inputs) as tf.Tensor;
  expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(
    before.map((count) => count + 1),
  );
  expect(sum.shape).toEqual([]);
  const [got] = await sum.data();
  tf.dispose([tensors, sum]);
  const all = numbers.flatMap((x) => Array.from(x));
  return { got, expected: all.reduce((a, b) => a + b, 0), size: all.length };
}

test.each([0, 1, 2])('BclSumOfAll sums as many as a shader reads, and %i more', async (more) => {
  const { limits } = (tf.backend() as WebgpuBackend).device;
  const count = limits.maxStorageBuffersPerShaderStage - 1 + more;
  const { got, expected, size } = await sumOfAll(Array(count).fill([100]));
  expect(Math.abs((got as number) - expected)).toBeLessThan(1e-6 * size);
});

const many = Array.from({ length: 62 }, (_, i) => [i + 1, 7]);

// Tensors of a group and of several, of less than a part and of some parts.
test.each<[string, number[][]]>([
  ['one number', [[]]],
  ['one tensor', [[3, 5]]],
  ['many', many],
  ['some parts', [[131073], [3, 131072], [1]]],
])('BclSumOfAll sums %s', async (_, shapes) => {
  const { got, expected, size } = await sumOfAll(shapes);
  expect(Math.abs((got as number) - expected)).toBeLessThan(1e-6 * size);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'BclSumOfAll lets %d through, wherever it is',
  async (bad) => {
    for (const [tensor, at] of [
      [0, 0],
      [40, 3],
      [61, 62 * 7 - 1],
    ] as const) {
      const { got } = await sumOfAll(many, (numbers) => {
        (numbers[tensor] as Float32Array)[at] = bad;
      });
      expect(got).toBe(bad);
    }
  },
);

test('BclSumOfAll sums whole numbers exactly, and the same from run to run', async () => {
  const ones = (numbers: Float32Array[]) => numbers.forEach((x) => void x.fill(1));
  const { got, size } = await sumOfAll([[1000, 1000], [123, 457], [5]], ones);
  expect(got).toBe(size);
  const again = () =>
    sumOfAll([
      [300, 300],
      [77, 99],
    ]);
  expect((await again()).got).toBe((await again()).got);
});
