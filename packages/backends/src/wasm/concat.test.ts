import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { onCpu, values } from '../testing/kernels.js';
import { registerWasmKernels } from './registerWasmKernels.js';

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

/** Parts that differ along `axis` alone, some of them empty, and a part in front of which there is another. */
const parts = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    sizes: fc.array(fc.integer({ min: 0, max: 140 }), { minLength: 2, maxLength: 4 }),
    place: fc.nat(),
  })
  .map(({ shape, sizes, place }) => ({
    axis: place % shape.length,
    shapes: sizes.map((size) => shape.map((s, i) => (i === place % shape.length ? size : s))),
    sizes,
  }));

test('Concat puts parts side by side and SplitV takes them apart, as the cpu backend does', async () => {
  await fc.assert(
    fc.asyncProperty(parts, async ({ axis, shapes, sizes }) => {
      const make = () =>
        shapes.map((s, i) => tf.tensor(values(tf.util.sizeFromShape(s), i + 1), s));
      const join = (): tf.Tensor => tf.concat(make(), axis);
      const whole = tf.tidy(join);
      const [expected] = await onCpu(() => [join()]);
      expect(whole.dataSync()).toEqual(expected);
      const back = tf.split(whole, sizes, axis);
      expect(back.map(({ shape }) => shape)).toEqual(shapes);
      for (const [i, tensor] of make().entries()) {
        expect(back[i]?.dataSync()).toEqual(tensor.dataSync());
      }
    }),
    { numRuns: 60 },
  );
});

test('Concat and SplitV make their results and nothing else, and keep what they are given', () => {
  const x = tf.tensor(values(4 * 6), [4, 6]);
  const before = tf.memory();
  const halves = tf.split(x, [2, 4], 1);
  const again = tf.concat(halves, -1);
  expect(tf.memory().numTensors).toBe(before.numTensors + 3);
  expect(again.dataSync()).toEqual(x.dataSync());
  tf.dispose([halves, again]);
  expect(tf.memory()).toEqual(before);
});

test('Concat and SplitV leave other types to TensorFlow.js', () => {
  const whole = tf.concat([tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3], 'int32')]);
  expect(whole.dtype).toBe('int32');
  expect(Array.from(whole.dataSync())).toEqual([1, 2, 3]);
  const [first, rest] = tf.split(whole, [1, 2]);
  expect(first?.dtype).toBe('int32');
  expect(Array.from(rest?.dataSync() ?? [])).toEqual([2, 3]);
  const words = tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]);
  expect(words.dataSync()).toEqual(['a', 'b']);
  const flags = tf.concat([tf.tensor1d([true]), tf.tensor1d([false])]);
  expect(Array.from(flags.dataSync())).toEqual([1, 0]);
});

test('Concat refuses parts that do not fit', () => {
  expect(() => tf.concat([tf.ones([2, 3]), tf.ones([3, 2])], 0)).toThrow(/shape/);
});
