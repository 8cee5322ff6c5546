import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageModelOptions } from '../modelOptions.js';
import { bottleneckNetwork } from './bottleneckNetwork.js';

export interface Resnext101Options extends ImageModelOptions {
  /** Height, width and channels of an image; [224, 224, 3] unless told. */
  inputShape?: readonly [height: number, width: number, channels: number];
  /** Groups of the middle convolution of a block; 64 unless told. */
  cardinality?: number;
  /** Channels of a group in the first stage, twice as many in each after it; 4 unless told. */
  baseWidth?: number;
}

/**
 * ResNeXt-101 (64×4d unless told otherwise) for large images: stages of 3, 4, 23 and 3 bottleneck blocks behind a 7×7 convolution of
 * stride 2 and a 3×3 max pooling of stride 2. 32 × 32 pixels or more.
 *
 * 83 455 272 parameters for 1000 classes. Initial weights as `resnext29`.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images below 32 × 32 pixels and the like.
 *
 * @example
 * ```ts
 * import { resnext101 } from '@bcl/models';
 *
 * const model = resnext101({ classes: 10, inputShape: [64, 64, 3], cardinality: 8, baseWidth: 1 });
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 *
 * @see Xie, Girshick, Dollár, Tu, He, "Aggregated Residual Transformations for Deep Neural Networks", arXiv:1611.05431; the authors'
 * code, facebookresearch/ResNeXt, models/resnext.lua. Layers carry torchvision's names.
 */
export function resnext101(options: Resnext101Options): LayersModel {
  const { cardinality = 64, baseWidth = 4 } = options;
  return bottleneckNetwork('resnext101', options, { cardinality, baseWidth, large: true });
}
