import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SoundModelOptions } from '../modelOptions.js';
import { waveNetwork } from './waveNetwork.js';

export interface M3Options extends SoundModelOptions {
  /** Samples of a sound; [32000] unless told, four seconds at 8 kHz. */
  inputShape?: readonly [samples: number];
}

/**
 * M3, the shallowest of the networks for raw waveforms by Dai and others: a convolution over 80 samples of stride 4 and one over 3 values, 256 channels each,
 * each normalised, with ReLU, and shrunk four times by a pooling; then the mean over time. 64 samples or more.
 *
 * 221 194 parameters for 10 classes. Initial weights as in the version that the counts are from: Glorot's uniform, biases 0.
 *
 * @returns A model that takes sounds, `[B, T]`, and gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, sounds too short and the like.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { m3 } from '@bcl/models';
 *
 * const model = m3({ classes: 10, inputShape: [2048] });
 * const logits = model.predict(tf.ones([2, 2048])) as tf.Tensor;
 * logits.shape; // => [2, 10]
 * model.dispose();
 * ```
 *
 * @see Dai, Dai, Qu, Li, Das, "Very Deep Convolutional Neural Networks for Raw Waveforms", arXiv:1610.00087;
 * philipperemy/very-deep-convnets-raw-waveforms, models.py.
 */
export function m3(options: M3Options): LayersModel {
  return waveNetwork('m3', options, [
    { filters: 256, convolutions: 1 },
    { filters: 256, convolutions: 1 },
  ]);
}
