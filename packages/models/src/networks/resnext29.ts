import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageModelOptions } from '../modelOptions.js';
import { bottleneckNetwork } from './bottleneckNetwork.js';

export interface Resnext29Options extends ImageModelOptions {
  /** Groups of the middle convolution of a block; 8 unless told. */
  cardinality?: number;
  /** Channels of a group in the first stage, twice and four times as many in the next; 64 unless told. */
  baseWidth?: number;
}

/**
 * ResNeXt-29 for small images: three stages of three bottleneck blocks whose middle convolution works in `cardinality` groups of
 * `baseWidth`, then 2 and 4 times `baseWidth` channels. 4 × 4 pixels or more.
 *
 * 34 426 698 parameters for 10 classes as 8×64d, 68 155 210 as 16×64d (68 247 460 for 100 classes). Initial weights as the
 * authors': convolutions normal with a variance of 2 / outputs, the last layer uniform within ±1 / sqrt(inputs), its biases 0.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import { resnext29 } from '@bcl/models';
 *
 * const model = resnext29({ classes: 10, cardinality: 8, baseWidth: 4, seed: 1 });
 * model.countParams() > 0; // => true
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 *
 * @see Xie, Girshick, Dollár, Tu, He, "Aggregated Residual Transformations for Deep Neural Networks", arXiv:1611.05431; the authors'
 * code, facebookresearch/ResNeXt, models/resnext.lua. Layers carry torchvision's names.
 */
export function resnext29(options: Resnext29Options): LayersModel {
  const { cardinality = 8, baseWidth = 64 } = options;
  return bottleneckNetwork('resnext29', options, { cardinality, baseWidth });
}
