import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import { Conv2D, type Conv2DArgs } from './conv2d.js';

test('Conv2D adds its bias and gives shapes as PyTorch does', () => {
  const layer = new Conv2D({
    filters: 4,
    kernelSize: [3, 2],
    strides: [2, 1],
    padding: [1, 0],
    groups: 2,
    useBias: true,
    kernelInitializer: initializers.ones(),
  });
  const y = layer.apply(tf.ones([1, 5, 4, 6])) as tf.Tensor4D;
  expect(layer.kernel.shape).toEqual([3, 2, 3, 4]);
  expect(y.shape).toEqual([1, 3, 3, 4]);
  expect(layer.computeOutputShape([null, 5, 4, 6])).toEqual([null, 3, 3, 4]);
  expect(layer.computeOutputShape([null, null, null, 6])).toEqual([null, null, null, 4]);
  layer.bias?.write(tf.tensor1d([0, 1, 2, 3]));
  const middle = tf.slice(
    layer.apply(tf.ones([1, 5, 4, 6])) as tf.Tensor4D,
    [0, 1, 1, 0],
    [1, 1, 1, 4],
  );
  // Three rows, two columns and three channels of ones, then the bias.
  expect(Array.from(middle.dataSync())).toEqual([18, 19, 20, 21]);
  layer.dispose();
});

test('Conv2D starts from weights of variance 2 / inputs of a group', () => {
  const layer = new Conv2D({ filters: 64, kernelSize: 3, groups: 4 });
  layer.build([null, 8, 8, 64]);
  const values = layer.kernel.read().dataSync() as Float32Array;
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  // Five standard deviations of the mean square of 9216 normal numbers.
  expect(Math.abs(variance / (2 / (9 * 16)) - 1)).toBeLessThan(5 * Math.sqrt(2 / 9216));
});

test('Conv2D keeps its settings in its configuration', () => {
  const args: Conv2DArgs = {
    name: 'conv',
    filters: 6,
    kernelSize: [3, 5],
    strides: [2, 1],
    padding: [1, 2],
    groups: 3,
    useBias: true,
    kernelInitializer: initializers.randomUniform({ minval: -1, maxval: 1, seed: 4 }),
  };
  const layer = new Conv2D(args);
  // What goes to disk is JSON.
  const config = JSON.parse(JSON.stringify(layer.getConfig()));
  const copy = Conv2D.fromConfig(Conv2D, config) as Conv2D;
  expect(copy.getConfig()).toEqual(layer.getConfig());
  for (const each of [layer, copy]) each.build([null, 8, 8, 3]);
  expect(copy.kernel.read().dataSync()).toEqual(layer.kernel.read().dataSync());
  expect(copy.bias).toBeDefined();
});

test('Conv2D returns one new tensor', () => {
  const layer = new Conv2D({ filters: 4, kernelSize: 3, groups: 2, useBias: true });
  const x = tf.ones([1, 5, 5, 4]);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const before = tf.memory().numTensors;
  const y = layer.apply(x) as tf.Tensor;
  expect(tf.memory().numTensors).toBe(before + 1);
  y.dispose();
  layer.dispose();
});

test.each<[Partial<Conv2DArgs>, string]>([
  [{ filters: 0 }, 'Conv2D: filters must be an integer of at least 1, got 0'],
  [{ kernelSize: 0 }, 'Conv2D: kernelSize must be an integer of at least 1, got 0'],
  [{ strides: [1, 0.5] }, 'Conv2D: strides must be an integer of at least 1, got 0.5'],
  [{ padding: -1 }, 'Conv2D: padding must be an integer of at least 0, got -1'],
  [{ groups: 0 }, 'Conv2D: groups must be an integer of at least 1, got 0'],
  [{ groups: 3 }, 'Conv2D: filters must be a multiple of groups, got 4 filters and 3 groups'],
])('Conv2D refuses %j', (args, message) => {
  expect(() => new Conv2D({ filters: 4, kernelSize: 3, ...args })).toThrow(new RangeError(message));
});

test.each<[number[], string]>([
  [[1, 8, 8, 3], 'Conv2D: channels must be a multiple of groups, got 3 channels and 2 groups'],
  [[1, 8, 8], 'Conv2D: input must be [B, H, W, C] with known channels, got [1, 8, 8]'],
])('Conv2D refuses an input of shape %j', (shape, message) => {
  const layer = new Conv2D({ filters: 4, kernelSize: 3, groups: 2 });
  expect(() => layer.apply(tf.ones(shape))).toThrow(new RangeError(message));
});

test('Conv2D refuses images smaller than its kernel, and initializers that nobody registered', () => {
  const layer = new Conv2D({ filters: 1, kernelSize: 5, padding: 1 });
  expect(() => layer.computeOutputShape([null, 2, 9, 1])).toThrow(
    new RangeError(
      'Conv2D: images must hold the kernel, got 2 x 9 pixels, padded by 1 x 1, and a kernel of 5 x 5',
    ),
  );
  const unknown = { className: 'toString', config: {} };
  expect(() => new Conv2D({ filters: 1, kernelSize: 1, kernelInitializer: unknown })).toThrow(
    'initializerOf: no initializer is registered as "toString"; import the package that has it',
  );
});
