import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { error, largest, values } from '../testing/kernels.js';
import {
  type Convolution,
  convolvedShape,
  filterGradient,
  inputGradient,
  size,
} from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

beforeAll(async () => {
  await registerWasmKernels();
});

describe('the gradient of a dilated convolution', () => {
  test.each<[string, Convolution['pad'], number]>([
    ['same', 'same', 1],
    ['valid, depthwise', 'valid', 5],
    ['same, depthwise', 'same', 5],
  ])('is that of float64 loops: %s', (_, pad, groups) => {
    const c: Convolution = {
      xShape: [2, 11, 12, 5],
      filterShape: groups === 1 ? [3, 3, 5, 7] : [3, 3, 1, 10],
      strides: [1, 1],
      dilations: [2, 3],
      pad,
      groups,
    };
    const x = values(size(c.xShape), 1);
    const filter = values(size(c.filterShape), 2);
    const dy = values(size(convolvedShape(c)), 3);
    const shape = groups === 1 ? c.filterShape : ([3, 3, 5, 2] as const);
    const convolve = groups === 1 ? tf.conv2d : tf.depthwiseConv2d;
    const f = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
      convolve(x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad as 'same', 'NHWC', [2, 3]);
    const gradients = tf.grads((x, filter) => f(x as tf.Tensor, filter as tf.Tensor));
    const [dx, dFilter] = gradients(
      [tf.tensor(x, c.xShape), tf.tensor(filter, [...shape])],
      tf.tensor(dy, convolvedShape(c)),
    ).map((t) => t.dataSync()) as [Float32Array, Float32Array];
    for (const [got, naive] of [
      [dx, inputGradient(c, dy, filter)],
      [dFilter, filterGradient(c, x, dy)],
    ] as const) {
      expect(error(got, naive, largest(naive))).toBeLessThan(1e-5);
    }
  });

  test('of a layer with an activation lets it be trained', async () => {
    const net = sequential({
      layers: [
        layers.conv2d({
          inputShape: [12, 12, 2],
          filters: 4,
          kernelSize: 3,
          dilationRate: 2,
          activation: 'relu',
        }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 1 }),
      ],
    });
    net.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const x = tf.tensor4d(values(8 * 144 * 2, 4), [8, 12, 12, 2]);
    const y = tf.tensor2d(values(8, 5), [8, 1]);
    const losses: number[] = [];
    for (let i = 0; i < 40; i++) losses.push((await net.trainOnBatch(x, y)) as number);
    expect(losses.at(-1)).toBeLessThan(0.7 * (losses[0] as number));
  });

  test('is refused where a kernel of ours is off', async () => {
    const gradient = tf.grad((x) =>
      tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 1, 1]), 1, 'same', 'NHWC', 2),
    );
    await registerWasmKernels({ off: ['Conv2DBackpropInput'] });
    try {
      expect(() => gradient(tf.ones([1, 6, 6, 1]))).toThrow(/dilation rates greater than 1/);
    } finally {
      await registerWasmKernels({ off: [] });
    }
    expect(gradient(tf.ones([1, 6, 6, 1])).shape).toEqual([1, 6, 6, 1]);
  });

  test('has no gradient of its own: it is refused, not wrong', () => {
    const square = (x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 1, 1]), 1, 'same', 'NHWC', 2)));
    const second = tf.grad((x) => tf.sum(tf.square(tf.grad(square)(x))));
    expect(() => second(tf.ones([1, 6, 6, 1]))).toThrow(/dilation rates greater than 1/);
  });
});
