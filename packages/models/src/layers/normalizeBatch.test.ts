import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { normalizeBatch } from './normalizeBatch.js';

const kernelNames = ['BclBatchNorm', 'BclBatchNormGrad'];

// The cpu backend has no such kernels of its own.
beforeEach(() => tf.setBackend('cpu'));
afterEach(async () => {
  for (const name of kernelNames) {
    if (tf.getKernel(name, 'cpu')) tf.unregisterKernel(name, 'cpu');
  }
  await tf.setBackend('wasm');
});

test('normalizeBatch uses the kernels that the backend brings, with all that they need', async () => {
  const seen: { inputs: tf.NamedTensorInfoMap; attrs: unknown }[] = [];
  const answer = (name: string, outputs: () => tf.Tensor[]): void =>
    tf.registerKernel({
      kernelName: name,
      backendName: 'cpu',
      kernelFunc: ({ inputs, attrs }) => {
        seen.push({ inputs, attrs });
        return outputs();
      },
    });
  answer('BclBatchNorm', () => [tf.fill([3, 2], 5), tf.tensor1d([6, 7]), tf.tensor1d([8, 9])]);
  answer('BclBatchNormGrad', () => [tf.fill([3, 2], 1), tf.tensor1d([2, 3]), tf.tensor1d([4, 5])]);

  const options = { epsilon: 0.5, relu: true };
  const inputs = [tf.ones([3, 2]), tf.tensor1d([10, 11]), tf.tensor1d([12, 13])];
  const { value, grads } = tf.valueAndGrads((x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    const { y, mean, variance } = normalizeBatch(
      x,
      gamma as tf.Tensor1D,
      beta as tf.Tensor1D,
      options,
    );
    expect(Array.from(mean.dataSync())).toEqual([6, 7]);
    expect(Array.from(variance.dataSync())).toEqual([8, 9]);
    return tf.sum(tf.mul(y, 3));
  })(inputs);
  await expect(value).toBeAllClose([3 * 5 * 6]);
  await expect(grads[0] as tf.Tensor).toBeAllClose([1, 1, 1, 1, 1, 1]);
  await expect(grads[1] as tf.Tensor).toBeAllClose([2, 3]);
  await expect(grads[2] as tf.Tensor).toBeAllClose([4, 5]);

  expect(seen.map(({ attrs }) => attrs)).toEqual([options, options]);
  expect(seen.map(({ inputs }) => Object.keys(inputs).sort())).toEqual([
    ['beta', 'gamma', 'x'],
    ['beta', 'dy', 'gamma', 'mean', 'variance', 'x'],
  ]);
});
