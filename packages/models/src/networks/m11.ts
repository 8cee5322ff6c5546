import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SoundModelOptions } from '../modelOptions.js';
import { waveNetwork } from './waveNetwork.js';

export interface M11Options extends SoundModelOptions {
  /** Samples of a sound; [32000] unless told, four seconds at 8 kHz. */
  inputShape?: readonly [samples: number];
}

/**
 * M11 of the networks for raw waveforms by Dai and others: a convolution over 80 samples of stride 4 with 64 channels, then stages of 2, 2, 3 and 2
 * convolutions over 3 values with 64, 128, 256 and 512 channels, each normalised, with ReLU; a pooling shrinks what each stage but the
 * last gives four times; then the mean over time. 1024 samples or more.
 *
 * 1 786 442 parameters for 10 classes. Initial weights as in the version that the counts are from: Glorot's uniform, biases 0.
 *
 * @returns A model that takes sounds, `[B, T]`, and gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, sounds too short and the like.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { m11 } from '@bcl/models';
 *
 * const model = m11({ classes: 10, inputShape: [2048] });
 * const logits = model.predict(tf.ones([2, 2048])) as tf.Tensor;
 * logits.shape; // => [2, 10]
 * model.dispose();
 * ```
 *
 * @see Dai, Dai, Qu, Li, Das, "Very Deep Convolutional Neural Networks for Raw Waveforms", arXiv:1610.00087;
 * philipperemy/very-deep-convnets-raw-waveforms, models.py.
 */
export function m11(options: M11Options): LayersModel {
  return waveNetwork('m11', options, [
    { filters: 64, convolutions: 1 },
    { filters: 64, convolutions: 2 },
    { filters: 128, convolutions: 2 },
    { filters: 256, convolutions: 3 },
    { filters: 512, convolutions: 2 },
  ]);
}
