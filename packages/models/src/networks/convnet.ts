import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkDropout, checkImageOptions, type ImageModelOptions } from '../modelOptions.js';
import { Builder, heIn, torchUniform } from './builder.js';

export interface ConvnetOptions extends ImageModelOptions {
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
  checkImageOptions('convnet', options, 8);
  const { classes, inputShape = [32, 32, 3], dropout = 0.5, seed, headBias } = options;
  checkDropout('convnet', dropout);

  const build = new Builder({
    seed,
    conv: heIn,
    dense: torchUniform,
    norm: { initialVariance: 0 },
  });
  const conv = (x: SymbolicTensor, name: string, filters: number): SymbolicTensor => {
    const y = build.conv(x, `${name}.conv`, { filters, kernelSize: 3, stream: name });
    return build.norm(y, `${name}.bn`);
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  let x = conv(images, 'conv11', 64);
  x = build.maxPool(conv(x, 'conv12', 64), 'pool1', 2);
  x = conv(x, 'conv21', 128);
  x = build.maxPool(conv(x, 'conv22', 128), 'pool2', 2);
  for (const name of ['conv31', 'conv32', 'conv33', 'conv34']) x = conv(x, name, 256);
  x = build.flatten(build.maxPool(x, 'pool3', 2));
  x = build.denseDropout(x, 'fc4', 1024, dropout);
  x = build.denseDropout(x, 'fc5', 1024, dropout);
  return model({
    inputs: images,
    outputs: build.dense(x, 'fc6', classes, headBias),
    name: 'convnet',
  });
}
