import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { convnet } from '../networks/convnet.js';
import { fromTorchLayout } from './torchLayout.js';
import { torchWeights } from './torchWeights.js';

test('torchWeights gives each weight the name and shape that it has in PyTorch', () => {
  const x = input({ shape: [16, 2], name: 'sounds' });
  const conv = layers.conv1d({ name: 'conv1', filters: 5, kernelSize: 3 }).apply(x);
  const norm = layers.batchNormalization({ name: 'bn1' }).apply(conv);
  const pooled = layers.globalAveragePooling1d({ name: 'pool' }).apply(norm);
  const outputs = layers.dense({ name: 'fc', units: 4 }).apply(pooled) as SymbolicTensor;
  const model = modelOf({ inputs: x, outputs });
  const shapes = [...torchWeights(model)].map(([name, { shape }]) => [name, shape]);
  expect(shapes).toEqual([
    ['conv1.weight', [5, 2, 3]],
    ['conv1.bias', [5]],
    ['bn1.weight', [5]],
    ['bn1.bias', [5]],
    ['bn1.running_mean', [5]],
    ['bn1.running_var', [5]],
    ['fc.weight', [4, 5]],
    ['fc.bias', [4]],
  ]);
  for (const [name, weight] of torchWeights(model)) expect(weight.name).toBe(name);
  model.dispose();
});

test('torchWeights leads to the weights: features of convnet are flattened channel by channel', async () => {
  const model = convnet({ classes: 3, inputShape: [16, 8, 3] });
  const weights = torchWeights(model);
  expect(weights.get('conv11.conv.weight')?.shape).toEqual([64, 3, 3, 3]);
  const fc4 = weights.get('fc4.weight');
  expect(fc4?.shape).toEqual([1024, 256 * 2]);
  // Unit 0 listens to feature 300 alone, which is channel 150 at row 0 of 2: PyTorch's order is channel, row, column.
  const row = new Float32Array(1024 * 512);
  row[301] = 1;
  fc4?.weight.write(fromTorchLayout(tf.tensor(row, [1024, 512])));
  const pooled = tf.randomUniform([1, 2, 1, 256], 0, 1, 'float32', 3);
  const units = ['channelsFirst', 'flatten', 'fc4'].reduce(
    (x, name) => model.getLayer(name).apply(x) as tf.Tensor,
    pooled as tf.Tensor,
  );
  const expected = await tf.slice(pooled, [0, 1, 0, 150], [1, 1, 1, 1]).data();
  await expect(tf.slice(units, [0, 0], [1, 1])).toBeAllClose(expected);
  model.dispose();
});
