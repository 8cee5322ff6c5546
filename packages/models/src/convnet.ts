import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { deriveSeed } from './counterHash.js';
import { BatchNorm } from './layers/batchNorm.js';
import { Dropout } from './layers/dropout.js';
import { checkModelOptions, type ModelOptions } from './modelOptions.js';
import { VarianceScaling } from './varianceScaling.js';

export interface ConvnetOptions extends ModelOptions {
  /** Share of the units dropped after fc4 and fc5 in training; 0.5 unless told. */
  dropout?: number;
}

/**
 * The 11-layer ConvNet of the between-class learning papers, for images `[B, 32, 32, 3]`.
 *
 * | layers | |
 * | --- | --- |
 * | conv11, conv12 | 3×3, 64 channels; then 2×2 max pooling |
 * | conv21, conv22 | 3×3, 128 channels; then 2×2 max pooling |
 * | conv31 … conv34 | 3×3, 256 channels; then 2×2 max pooling |
 * | fc4, fc5 | 1024 units, ReLU, dropout |
 * | fc6 | logits |
 *
 * Each convolution is without bias and followed by batch normalisation and ReLU. 7 582 154
 * parameters for 10 classes, 7 674 404 for 100. Initial weights as in the original: convolutions
 * normal with a standard deviation of sqrt(2 / inputs), dense layers uniform within
 * ±1 / sqrt(inputs), biases 0.
 *
 * As in the original the moving mean **and variance** of the normalisations start from 0, not 1:
 * they are forgotten within some 50 training steps, but before those, and above all in a network
 * that was never trained, evaluation gives logits of absurd size. Train first, or use
 * `model.apply(x, { training: true })` to look at an untrained network.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images below 8 × 8 pixels and the like.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { convnet } from '@bcl/models';
 *
 * const model = convnet({ classes: 10, inputShape: [16, 16, 3], seed: 1 });
 * const logits = model.apply(tf.ones([2, 16, 16, 3]), { training: true }) as tf.Tensor;
 * logits.shape; // => [2, 10]
 * model.dispose();
 * ```
 *
 * @see Tokozume, Ushiku, Harada, "Between-class Learning for Image Classification", arXiv:1711.10284;
 * the authors' code, mil-tokyo/bc_learning_image, models/convnet.py. Layers carry its names, so that
 * weights from elsewhere find their place, and the features are flattened in its order: channel,
 * row, column.
 */
export function convnet(options: ConvnetOptions): LayersModel {
  checkModelOptions('convnet', options, 8);
  const { classes, inputShape = [32, 32, 3], dropout = 0.5, seed = 0 } = options;
  if (!(dropout >= 0 && dropout < 1)) {
    throw new RangeError(
      `convnet: dropout must be from 0 up to but not including 1, got ${dropout}`,
    );
  }

  const conv = (x: SymbolicTensor, name: string, filters: number): SymbolicTensor => {
    const kernelInitializer = new VarianceScaling({
      scale: 2,
      distribution: 'normal',
      seed: deriveSeed(seed, `init/${name}`),
    });
    const shape = { kernelSize: 3, filters, padding: 'same', useBias: false } as const;
    const y = layers.conv2d({ name: `${name}.conv`, ...shape, kernelInitializer }).apply(x);
    const norm = new BatchNorm({ name: `${name}.bn`, activation: 'relu', initialVariance: 0 });
    return norm.apply(y) as SymbolicTensor;
  };
  const pool = (x: SymbolicTensor, name: string): SymbolicTensor =>
    layers.maxPooling2d({ name, poolSize: 2, strides: 2 }).apply(x) as SymbolicTensor;
  const dense = (x: SymbolicTensor, name: string, units: number): SymbolicTensor => {
    const kernelInitializer = new VarianceScaling({
      scale: 1 / 3,
      distribution: 'uniform',
      seed: deriveSeed(seed, `init/${name}`),
    });
    return layers.dense({ name, units, kernelInitializer }).apply(x) as SymbolicTensor;
  };
  const reluDropout = (x: SymbolicTensor, name: string): SymbolicTensor => {
    const y = layers.reLU({ name: `${name}.relu` }).apply(x);
    const masks = deriveSeed(seed, `dropout/${name}`);
    const drop = new Dropout({ name: `${name}.dropout`, rate: dropout, seed: masks });
    return drop.apply(y) as SymbolicTensor;
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  let x = conv(images, 'conv11', 64);
  x = pool(conv(x, 'conv12', 64), 'pool1');
  x = conv(x, 'conv21', 128);
  x = pool(conv(x, 'conv22', 128), 'pool2');
  for (const name of ['conv31', 'conv32', 'conv33', 'conv34']) x = conv(x, name, 256);
  x = pool(x, 'pool3');
  x = layers.permute({ name: 'channelsFirst', dims: [3, 1, 2] }).apply(x) as SymbolicTensor;
  x = layers.flatten({ name: 'flatten' }).apply(x) as SymbolicTensor;
  x = reluDropout(dense(x, 'fc4', 1024), 'fc4');
  x = reluDropout(dense(x, 'fc5', 1024), 'fc5');
  return model({ inputs: images, outputs: dense(x, 'fc6', classes), name: 'convnet' });
}
