import * as tf from '@tensorflow/tfjs-core';
import { BatchNorm } from './batchNorm.js';

test.each([
  [{ epsilon: 0 }, 'BatchNorm: epsilon must be above 0, got 0'],
  [{ epsilon: Number.NaN }, 'BatchNorm: epsilon must be above 0, got NaN'],
  [{ momentum: 1.5 }, 'BatchNorm: momentum must be from 0 to 1, got 1.5'],
  [
    { activation: 'tanh' as 'relu' },
    "BatchNorm: activation must be 'linear' or 'relu', got \"tanh\"",
  ],
  [{ initialVariance: -1 }, 'BatchNorm: initialVariance must be at least 0, got -1'],
])('BatchNorm refuses %j', (args, message) => {
  expect(() => new BatchNorm(args)).toThrow(new RangeError(message));
});

test('BatchNorm refuses input of a rank that it does not know', () => {
  expect(() => new BatchNorm().apply(tf.ones([3]))).toThrow(
    new RangeError(
      'BatchNorm: input must be [B, …, C] of rank 2 to 4 with known channels, got [3]',
    ),
  );
  expect(() => new BatchNorm().apply([tf.ones([2, 3]), tf.ones([2, 3])])).toThrow(
    'BatchNorm: expected one input, got 2',
  );
});

test('BatchNorm keeps its settings in its configuration', () => {
  const args = { epsilon: 0.5, momentum: 0.25, activation: 'relu', initialVariance: 3 } as const;
  const config = new BatchNorm({ name: 'norm', ...args }).getConfig();
  expect(config).toMatchObject({ name: 'norm', ...args });
  expect(BatchNorm.fromConfig(BatchNorm, config).getConfig()).toEqual(config);
});

test('BatchNorm trains scale and shift, not its statistics', () => {
  const layer = new BatchNorm();
  layer.apply(tf.ones([2, 3]));
  const names = (weights: typeof layer.weights) =>
    weights.map(({ originalName }) => originalName.replace(`${layer.name}/`, ''));
  expect(names(layer.trainableWeights)).toEqual(['gamma', 'beta']);
  expect(names(layer.nonTrainableWeights)).toEqual(['moving_mean', 'moving_variance']);
  layer.dispose();
});
