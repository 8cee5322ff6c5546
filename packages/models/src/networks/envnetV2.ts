import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import { beginEnvnet, type EnvnetBaseOptions, endEnvnet, swapChannels } from './envnetParts.js';

export interface EnvnetV2Options extends EnvnetBaseOptions {
  /** Samples of a sound; [66650] unless told, a second and a half at 44.1 kHz. */
  inputShape?: readonly [samples: number];
}

/**
 * EnvNet-v2: two convolutions over raw samples make 64 channels of 260 values, which are then seen as an image of 64 by 260 pixels.
 *
 * | layers | | of 66 650 samples |
 * | --- | --- | --- |
 * | conv1, conv2 | 1×64 and 1×16, stride 2, 32 and 64 channels; then 1×64 max pooling | 1 × 260 × 64 |
 * | conv3, conv4 | channels become rows; 8×8, 32 channels; then 5×3 max pooling | 10 × 82 × 32 |
 * | conv5, conv6 | 1×4, 64 channels; then 1×2 max pooling | 10 × 38 × 64 |
 * | conv7, conv8 | 1×2, 128 channels; then 1×2 max pooling | 10 × 18 × 128 |
 * | conv9, conv10 | 1×2, 256 channels; then 1×2 max pooling | 10 × 8 × 256 |
 * | fc11, fc12 | 4096 units, ReLU, dropout | |
 * | fc13 | logits | |
 *
 * Each convolution is without bias and padding and followed by batch normalisation and ReLU. 101 251 186 parameters for 50 classes. Initial
 * weights and moving variance as in `envnet`. 23 642 samples or more; what does not fill the window of a pooling is dropped, which never
 * happens at 66 650.
 *
 * @returns A model that takes sounds, `[B, T]`, and gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, sounds too short and the like.
 *
 * @example
 * ```ts
 * import { envnetV2 } from '@bcl/models';
 *
 * const model = envnetV2({ classes: 50, inputShape: [24000], seed: 1 });
 * model.inputs[0].shape; // => [null, 24000]
 * model.dispose();
 * ```
 *
 * @see Tokozume, Ushiku, Harada, "Learning from Between-class Examples for Deep Sound Recognition", arXiv:1711.10282; the authors' code,
 * mil-tokyo/bc_learning_sound, models/envnetv2.py, whose names the layers carry.
 */
export function envnetV2(options: EnvnetV2Options): LayersModel {
  const { build, sounds, waves, conv } = beginEnvnet('envnetV2', options, {
    samples: 66_650,
    smallest: 23_642,
  });
  let x = conv(waves, 'conv1', 32, [1, 64], 2);
  x = build.maxPool(conv(x, 'conv2', 64, [1, 16], 2), 'pool2', [1, 64]);
  x = conv(swapChannels(x), 'conv3', 32, [8, 8]);
  x = build.maxPool(conv(x, 'conv4', 32, [8, 8]), 'pool4', [5, 3]);
  x = conv(x, 'conv5', 64, [1, 4]);
  x = build.maxPool(conv(x, 'conv6', 64, [1, 4]), 'pool6', [1, 2]);
  x = conv(x, 'conv7', 128, [1, 2]);
  x = build.maxPool(conv(x, 'conv8', 128, [1, 2]), 'pool8', [1, 2]);
  x = conv(x, 'conv9', 256, [1, 2]);
  x = build.maxPool(conv(x, 'conv10', 256, [1, 2]), 'pool10', [1, 2]);
  const outputs = endEnvnet(build, x, ['fc11', 'fc12', 'fc13'], options);
  return model({ inputs: sounds, outputs, name: 'envnetV2' });
}
