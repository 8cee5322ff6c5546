import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { checkImageOptions, checkOneOf, type ImageModelOptions } from '../modelOptions.js';
import { Builder, heOut, torchUniform } from './builder.js';
import {
  type Block,
  basicBranch,
  cifarStem,
  imagenetStem,
  projection,
  residualStages,
} from './residual.js';

export interface Resnet18Options extends ImageModelOptions {
  /** Height, width and channels of an image; [224, 224, 3] unless told, [32, 32, 3] with the stem `'cifar'`. */
  inputShape?: readonly [height: number, width: number, channels: number];
  /**
   * How it begins: `'imagenet'` unless told, a 7×7 convolution of stride 2 and a 3×3 max pooling of stride 2; `'cifar'`, a 3×3
   * convolution of stride 1, leaves small images their size.
   */
  stem?: 'imagenet' | 'cifar';
}

/**
 * ResNet-18, torchvision's: four stages of two blocks with 64, 128, 256 and 512 channels, each block two 3×3 convolutions. Any
 * image of 32 × 32 pixels or more will do, 8 × 8 with the stem for CIFAR.
 *
 * 11 181 642 parameters for 10 classes, 11 689 512 for 1000; 11 173 962 for 10 classes with the stem for CIFAR. Initial weights as
 * torchvision's: convolutions normal with a variance of 2 / outputs, the last layer uniform within ±1 / sqrt(inputs), its biases 0.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images too small and the like.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { resnet18 } from '@bcl/models';
 *
 * const model = resnet18({ classes: 10, stem: 'cifar', inputShape: [16, 16, 3] });
 * const logits = model.predict(tf.ones([2, 16, 16, 3])) as tf.Tensor;
 * logits.shape; // => [2, 10]
 * model.dispose();
 * ```
 *
 * @see He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385; torchvision, models/resnet.py, whose
 * names the layers carry.
 */
export function resnet18(options: Resnet18Options): LayersModel {
  const { stem = 'imagenet' } = options;
  const {
    classes,
    seed,
    headBias,
    inputShape = stem === 'cifar' ? ([32, 32, 3] as const) : ([224, 224, 3] as const),
  } = options;
  checkOneOf('resnet18', 'stem', stem, ['imagenet', 'cifar']);
  checkImageOptions('resnet18', { ...options, inputShape }, stem === 'cifar' ? 8 : 32);

  const build = new Builder({ seed, conv: heOut, dense: torchUniform });
  const block: Block = (x, args) => {
    const { name, features, strides } = args;
    const names = { conv: `${name}.downsample.0`, norm: `${name}.downsample.1` };
    const skip = projection(build, x, features, { strides, ...names });
    return build.addRelu(basicBranch(build, x, args), skip, `${name}.relu`);
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  const first = stem === 'cifar' ? cifarStem(build, images, 64) : imagenetStem(build, images);
  const stages = [64, 128, 256, 512].map((features) => ({ features, blocks: 2 }));
  const last = residualStages(first, stages, block, 'layer');
  return model({
    inputs: images,
    outputs: build.classify(last, 'fc', classes, headBias),
    name: 'resnet18',
  });
}
