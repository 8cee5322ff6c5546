import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageModelOptions } from '../modelOptions.js';
import { bottleneckNetwork } from './bottleneckNetwork.js';

export type Resnet29Options = ImageModelOptions;

/**
 * ResNet-29 for small images, as the between-class paper has it beside ResNeXt-29: three stages of three bottleneck blocks, 64, 128
 * and 256 channels wide in the middle. 4 × 4 pixels or more.
 *
 * 4 914 250 parameters for 10 classes, 5 006 500 for 100. Initial weights as `resnext29`.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import { resnet29 } from '@bcl/models';
 *
 * const model = resnet29({ classes: 10, seed: 1 });
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 *
 * @see facebookresearch/ResNeXt, models/resnext.lua, with one group of base width 64: the paper does not give the width of its
 * ResNet-29. Layers carry torchvision's names.
 */
export function resnet29(options: Resnet29Options): LayersModel {
  return bottleneckNetwork('resnet29', options, { cardinality: 1, baseWidth: 64 });
}
