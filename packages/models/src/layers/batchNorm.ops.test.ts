import * as tf from '@tensorflow/tfjs-core';
import { BatchNorm } from './batchNorm.js';

// Two channels with means 1 and -2, biased variances 4 and 1; unbiased 16/3 and 4/3.
const batch = [-1, -3, 3, -1, -1, -1, 3, -3];
const biased = [4, 1];
const normal = [-1, -1, 1, 1, -1, 1, 1, -1];

describe('BatchNorm in training', () => {
  test('normalises by the batch and moves its statistics by the unbiased variance', async () => {
    const layer = new BatchNorm({ momentum: 0.75, epsilon: 1e-7, initialVariance: 2 });
    const y = layer.apply(tf.tensor4d(batch, [1, 2, 2, 2]), { training: true }) as tf.Tensor;
    expect(y.shape).toEqual([1, 2, 2, 2]);
    await expect(y).toBeAllClose(normal, { atol: 1e-5 });
    await expect(layer.movingMean.read()).toBeAllClose([0.25, -0.5]);
    const moved = [1.5 + (0.25 * 16) / 3, 1.5 + (0.25 * 4) / 3];
    await expect(layer.movingVariance.read()).toBeAllClose(moved);
    layer.dispose();
  });

  test('scales and shifts, then cuts off below 0 when asked', async () => {
    const layer = new BatchNorm({ activation: 'relu', epsilon: 1e-7 });
    const x = tf.tensor2d(batch, [4, 2]);
    layer.apply(x);
    layer.gamma.write(tf.tensor1d([2, -1]));
    layer.beta.write(tf.tensor1d([1, 0.5]));
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    await expect(y).toBeAllClose([0, 1.5, 3, 0, 0, 0, 3, 1.5], { atol: 1e-5 });
    layer.dispose();
  });

  test('of one value takes its variance as 0, not as 0/0', async () => {
    const layer = new BatchNorm({ momentum: 0 });
    layer.apply(tf.tensor2d([[3, -9]]), { training: true });
    await expect(layer.movingMean.read()).toBeAllClose([3, -9]);
    await expect(layer.movingVariance.read()).toBeAllClose([0, 0]);
    layer.dispose();
  });

  test('gives the same statistics in evaluation once they have settled', async () => {
    const layer = new BatchNorm({ activation: 'relu' });
    const x = tf.tensor2d(batch, [4, 2]);
    const trained = layer.apply(x, { training: true }) as tf.Tensor;
    layer.movingMean.write(tf.tensor1d([1, -2]));
    layer.movingVariance.write(tf.tensor1d(biased));
    await expect(layer.apply(x) as tf.Tensor).toBeAllClose(await trained.data(), { atol: 1e-5 });
    layer.dispose();
  });
});

test('BatchNorm in evaluation uses the moving statistics and leaves them alone', async () => {
  const layer = new BatchNorm({ epsilon: 1e-7 });
  const x = tf.tensor3d(batch, [2, 2, 2]);
  await expect(layer.apply(x) as tf.Tensor).toBeAllClose(batch);
  layer.movingMean.write(tf.tensor1d([1, 1]));
  layer.movingVariance.write(tf.tensor1d([4, 16]));
  const y = layer.apply(x) as tf.Tensor;
  await expect(y).toBeAllClose([-1, -1, 1, -0.5, -1, -0.5, 1, -1]);
  await expect(layer.movingMean.read()).toBeAllClose([1, 1]);
  await expect(layer.movingVariance.read()).toBeAllClose([4, 16]);
  layer.dispose();
});

test('BatchNorm returns one new tensor, in training and in evaluation', () => {
  const layer = new BatchNorm();
  const x = tf.tensor2d(batch, [4, 2]);
  tf.dispose(layer.apply(x) as tf.Tensor);
  const before = tf.memory().numTensors;
  for (const training of [true, false]) {
    const y = layer.apply(x, { training }) as tf.Tensor;
    expect(tf.memory().numTensors).toBe(before + 1);
    y.dispose();
  }
  layer.dispose();
});

test('BatchNorm that is frozen trains what comes before it, by its moving statistics, and keeps them', async () => {
  const layer = new BatchNorm({ epsilon: 1e-7, activation: 'relu' });
  layer.trainable = false;
  const x = tf.tensor2d(batch, [4, 2]);
  layer.apply(x);
  const values = [
    tf.tensor1d([2, -1]),
    tf.tensor1d([1, 0.5]),
    tf.tensor1d([1, 1]),
    tf.tensor1d([4, 16]),
  ];
  layer.setWeights(values);
  const value = layer.apply(x, { training: true }) as tf.Tensor;
  const grad = tf.grad((x) => tf.sum(layer.apply(x, { training: true }) as tf.Tensor))(x);
  // 2 (x - 1) / 2 + 1 and -(x - 1) / 4 + 0.5, cut off below 0.
  await expect(value).toBeAllClose([0, 1.5, 3, 1, 0, 1, 3, 1.5]);
  await expect(grad).toBeAllClose([0, -0.25, 1, -0.25, 0, -0.25, 1, -0.25]);
  await expect(layer.movingMean.read()).toBeAllClose([1, 1]);
  await expect(layer.movingVariance.read()).toBeAllClose([4, 16]);
  layer.dispose();
});
