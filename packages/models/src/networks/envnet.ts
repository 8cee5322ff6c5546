import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import { beginEnvnet, type EnvnetBaseOptions, endEnvnet, swapChannels } from './envnetParts.js';

export interface EnvnetOptions extends EnvnetBaseOptions {
  /** Samples of a sound; [24014] unless told, a second and a half at 16 kHz. */
  inputShape?: readonly [samples: number];
}

/**
 * EnvNet: two convolutions over raw samples make 40 channels of 150 values, which are then seen as an image of 40 by 150 pixels.
 *
 * | layers | | of 24 014 samples |
 * | --- | --- | --- |
 * | conv1, conv2 | 1×8, 40 channels; then 1×160 max pooling | 1 × 150 × 40 |
 * | conv3 | channels become rows; 8×13, 50 channels; then 3×3 max pooling | 11 × 46 × 50 |
 * | conv4 | 1×5, 50 channels; then 1×3 max pooling | 11 × 14 × 50 |
 * | fc5, fc6 | 4096 units, ReLU, dropout | |
 * | fc7 | logits | |
 *
 * Each convolution is without bias and padding and followed by batch normalisation and ReLU. 48 560 638 parameters for 50 classes. Initial
 * weights as in the original: convolutions normal with a variance of 2 / inputs, dense layers of 1 / inputs, biases 0. As in `convnet`, the
 * moving variance starts from 0, so train before you evaluate. 5294 samples or more; what does not fill the window of a pooling is
 * dropped, which never happens at 24 014.
 *
 * @returns A model that takes sounds, `[B, T]`, and gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, sounds too short and the like.
 *
 * @example
 * ```ts
 * import { envnet } from '@bcl/models';
 *
 * const model = envnet({ classes: 50, inputShape: [6000], seed: 1 });
 * model.inputs[0].shape; // => [null, 6000]
 * model.dispose();
 * ```
 *
 * @see Tokozume, Ushiku, Harada, "Learning from Between-class Examples for Deep Sound Recognition", arXiv:1711.10282; the authors' code,
 * mil-tokyo/bc_learning_sound, models/envnet.py, whose names the layers carry.
 */
export function envnet(options: EnvnetOptions): LayersModel {
  const { build, sounds, waves, conv } = beginEnvnet('envnet', options, {
    samples: 24_014,
    smallest: 5294,
  });
  let x = conv(waves, 'conv1', 40, [1, 8]);
  x = build.maxPool(conv(x, 'conv2', 40, [1, 8]), 'pool2', [1, 160]);
  x = build.maxPool(conv(swapChannels(x), 'conv3', 50, [8, 13]), 'pool3', [3, 3]);
  x = build.maxPool(conv(x, 'conv4', 50, [1, 5]), 'pool4', [1, 3]);
  const outputs = endEnvnet(build, x, ['fc5', 'fc6', 'fc7'], options);
  return model({ inputs: sounds, outputs, name: 'envnet' });
}
