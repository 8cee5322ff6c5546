import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers'; // registers tfjs's gradients too
import fc from 'fast-check';
import { variableGradients } from '../gradients/variableGradients.js';
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, run, same, values } from '../testing/kernels.js';
import { size } from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe('Mean', () => {
  test.each<[string, number[], number[]]>([
    ['global average pooling', [3, 4, 5, 21], [1, 2]],
    ['of one dimension', [2, 70, 33], [1]],
    ['all axes but the last', [3, 5, 9, 7], [0, 1, 2]],
    ['axes in another order, from behind', [3, 4, 5, 16], [-2, 1]],
    ['a channel', [2, 8, 8, 1], [1, 2]],
    ['a pixel', [4, 1, 1, 50], [1, 2]],
    ['several axes behind', [2, 40, 3, 11], [1]],
    ['axes apart, left to TensorFlow.js', [2, 3, 4, 5], [0, 2]],
    ['the last axis, left to TensorFlow.js', [2, 3, 4, 5], [2, 3]],
    ['all axes, left to TensorFlow.js', [2, 3, 4], []],
    ['no image', [0, 4, 4, 3], [1, 2]],
  ])('is that of float64, with its gradient: %s', (_, shape, axes) => {
    for (const keepDims of [true, false]) expectMean(shape, axes, keepDims, 1);
  });

  test('is that of float64, with its gradient, for any axes', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 });
    const channels = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        shapes,
        channels,
        fc.nat(),
        fc.boolean(),
        fc.integer(),
        (front, last, mask, ...more) => {
          const shape = [...front, last];
          const axes = shape.map((_, i) => i).filter((i) => (mask >> i) & 1);
          expectMean(shape, axes, ...more);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('agrees with the cpu backend', async () => {
    const compute = (): tf.Tensor[] => {
      const x = tf.tensor4d(values(2 * 6 * 7 * 19, 1), [2, 6, 7, 19]);
      const { value, grad } = tf.valueAndGrad((x) => tf.sum(tf.square(tf.mean(x, [1, 2]))))(x);
      return [value, grad];
    };
    const got = compute().map((t) => t.dataSync());
    const expected = await onCpu(compute);
    for (const [i, numbers] of expected.entries()) {
      expect(error(got[i] as Float32Array, numbers, largest(numbers))).toBeLessThan(1e-5);
    }
  });

  test('of many rows keeps six digits', () => {
    const rows = 100_000;
    const x = new Float32Array(rows * 17).map((_, i) => (i % 17 < 16 ? 0.1 : 1000));
    const y = tf.mean(tf.tensor3d(x, [1, rows, 17]), 1).dataSync();
    const expected = Array.from({ length: 17 }, (_, i) => (i < 16 ? Math.fround(0.1) : 1000));
    expect(error(y.subarray(0, 16), expected.slice(0, 16), 0.1)).toBeLessThan(1e-6);
    expect(y[16]).toBe(1000);
  });

  test('passes a NaN on to its channel alone', () => {
    const x = new Float32Array(4 * 18).fill(2).fill(Number.NaN, 20, 21);
    const y = tf.mean(tf.tensor4d(x, [1, 2, 2, 18]), [1, 2]).dataSync();
    expect(Array.from(y)).toEqual(Array.from({ length: 18 }, (_, i) => (i === 2 ? Number.NaN : 2)));
  });

  test('takes whole numbers', () => {
    const x = tf.tensor3d([1, 2, 4, 8], [1, 2, 2], 'int32');
    expect(Array.from(tf.mean(x, 1).dataSync())).toEqual([2.5, 5]);
  });

  test('keeps its operands, makes one tensor each, keeps no memory', () => {
    const plain = values(3 * 6 * 17);
    const x = tf.tensor3d(plain, [3, 6, 17]);
    const before = tf.memory();
    const [y] = run('Mean', { x }, { axis: 1, keepDims: false }) as [tf.Tensor];
    const [dx] = run('BclMeanGrad', { dy: y }, { shape: x.shape, axis: 1 }) as [tf.Tensor];
    expect([y.shape, dx.shape]).toEqual([[3, 17], x.shape]);
    expect(tf.memory().numTensors).toBe(before.numTensors + 2);
    tf.dispose([y, dx]);
    expect(tf.memory()).toEqual(before);
    expect(same(x.dataSync<'float32'>(), plain)).toBe(true);
  });

  test('has a gradient of its gradient', () => {
    const cube = (x: tf.Tensor): tf.Tensor => tf.pow(tf.mean(x, 0), 3);
    const second = tf.grad((x) => tf.sum(tf.grad(cube)(x)));
    // m = 2: d/dx Σ 3 m² / 2 · 2 = 6 m / 2.
    expect(Array.from(second(tf.tensor2d([[1], [3]])).dataSync())).toEqual([6, 6]);
  });

  test('needs nothing of its input on the way back but the shape', () => {
    const w = tf.variable(tf.tensor3d(values(2 * 3 * 20), [2, 3, 20]), true, 'w');
    const { value, grads } = variableGradients(() => {
      const x = tf.tidy(() => tf.add(w, 1));
      const y = tf.mean(x, 1);
      x.dispose();
      return tf.sum(y);
    }, [w]);
    expect(
      error((grads.w as tf.Tensor).dataSync(), new Float32Array(120).fill(1 / 3), 1),
    ).toBeLessThan(1e-6);
    tf.dispose([w, value, grads]);
  });

  test('trains in a layer of TensorFlow.js, with our kernels and without', async () => {
    const train = async (): Promise<number> => {
      const net = sequential();
      net.add(layers.dense({ inputShape: [5, 5, 2], units: 20, kernelInitializer: 'ones' }));
      net.add(layers.globalAveragePooling2d({}));
      net.add(layers.dense({ units: 1, kernelInitializer: 'ones' }));
      net.compile({ optimizer: tf.train.sgd(1e-3), loss: 'meanSquaredError' });
      const x = tf.tensor4d(values(3 * 50, 1), [3, 5, 5, 2]);
      const y = tf.tensor2d([1, 2, 3], [3, 1]);
      await net.trainOnBatch(x, y);
      const loss = (await net.trainOnBatch(x, y)) as number;
      net.dispose();
      return loss;
    };
    const ours = await train();
    const own = tf.getKernel('Mean', 'wasm');
    await registerWasmKernels({ off: ['Mean', 'BclMeanGrad'] });
    expect(tf.getKernel('Mean', 'wasm')).not.toBe(own);
    expect(tf.getKernel('BclMeanGrad', 'wasm')).toBeUndefined();
    expect(await train()).toBeCloseTo(ours, 4);
    await registerWasmKernels({ off: [] });
    expect(tf.getKernel('Mean', 'wasm')).toBe(own);
    const { kernelNames } = await tf.profile(() => tf.grad((x) => tf.mean(x, 0))(tf.ones([2, 3])));
    expect(kernelNames).toContain('BclMeanGrad');
  });
});

/** Compares a mean and the gradient of Σ dy · mean with sums in float64. */
function expectMean(shape: number[], axes: number[], keepDims: boolean, seed: number): void {
  const numbers = values(size(shape), seed);
  const { length } = shape;
  // No axes are all of them here.
  const over = new Set(
    axes.length === 0 ? shape.keys() : axes.map((axis) => (axis + length) % length),
  );
  const kept = shape.map((length, i) => (over.has(i) ? 1 : length));
  const outShape = keepDims ? kept : shape.filter((_, i) => !over.has(i));
  const count = size(shape) / size(kept);
  /** Where in the result an element goes. */
  const target = (i: number): number => {
    let rest = i;
    let stride = 1;
    let place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      if (!over.has(axis)) {
        place += (rest % length) * stride;
        stride *= length;
      }
      rest = Math.floor(rest / length);
    }
    return place;
  };
  const dy = values(size(kept), seed + 1);
  const expected = new Float64Array(size(kept));
  const slopes = new Float64Array(size(shape));
  numbers.forEach((value, i) => {
    expected[target(i)] = (expected[target(i)] as number) + value / count;
    slopes[i] = (dy[target(i)] as number) / count;
  });
  const [y, dx] = tf.tidy(() => {
    const mean = (x: tf.Tensor): tf.Tensor =>
      tf.mean(x, axes.length === 0 ? undefined : axes, keepDims);
    const x = tf.tensor(numbers, shape);
    const value = mean(x);
    expect(value.shape).toEqual(outShape);
    return [value.dataSync(), tf.grad(mean)(x, tf.tensor(dy, outShape)).dataSync()];
  });
  expect(error(y as Float32Array, expected, 1)).toBeLessThan(1e-6);
  expect(error(dx as Float32Array, slopes, 1)).toBeLessThan(1e-6);
}
