import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, values } from '../testing/kernels.js';
import { registerWasmKernels } from './registerWasmKernels.js';

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

test('Sum agrees with the cpu backend over any axes', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), fc.boolean(), async (shape, mask, keepDims) => {
      const axes = shape.map((_, i) => i).filter((i) => (mask >> i) & 1);
      const numbers = values(tf.util.sizeFromShape(shape), 3);
      const sum = (): tf.Tensor => tf.sum(tf.tensor(numbers, shape), axes, keepDims);
      const ours = tf.tidy(sum);
      const [expected] = await onCpu(() => [sum()]);
      expect(
        error(
          ours.dataSync(),
          expected as Float32Array,
          Math.max(1, largest(expected as Float32Array)),
        ),
      ).toBeLessThan(1e-5);
    }),
    { numRuns: 80 },
  );
});

test('Sum over the rows of many loses nothing', () => {
  const rows = 100_000;
  const x = tf.tensor(
    new Float32Array(rows * 3).map((_, i) => [1, 0.1, 1000][i % 3] as number),
    [rows, 3],
  );
  const before = tf.memory().numTensors;
  const y = tf.sum(x, 0);
  expect(tf.memory().numTensors).toBe(before + 1);
  const expected = [rows, rows * Math.fround(0.1), rows * 1000];
  expect(error(y.dataSync(), expected, 1e8)).toBeLessThan(1e-7);
  expect(Array.from(tf.sum(x, 0, true).shape)).toEqual([1, 3]);
});

test('Sum of whole numbers and of nothing is left to TensorFlow.js, or zero', () => {
  expect(
    tf.sum(
      tf.tensor2d(
        [
          [1, 2],
          [3, 4],
        ],
        [2, 2],
        'int32',
      ),
      0,
    ).dtype,
  ).toBe('int32');
  expect(Array.from(tf.sum(tf.zeros([0, 2]), 0).dataSync())).toEqual([0, 0]);
});
