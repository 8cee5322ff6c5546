import type { LayersModel } from '@tensorflow/tfjs-layers';
import { heOut } from './builder.js';
import { type ShakeNetworkOptions, shakeNetwork } from './shakeNetwork.js';

export interface ShakeShakeOptions extends ShakeNetworkOptions {
  /** Layers, 6 n + 2; 26 unless told. */
  depth?: number;
}

/**
 * Shake-Shake for small images, "26 2×32d" unless told otherwise: three stages of residual blocks with two branches, which training
 * mixes at random. A branch is ReLU, 3×3 convolution, ReLU, 3×3 convolution. Where a stage begins, the shortcut sees every other pixel
 * through one 1×1 convolution and those beside them through another. 4 × 4 pixels or more.
 *
 * 2 923 162 parameters for 10 classes at width 32, 11 653 978 at 64, 26 192 922 at 96 (the one of the between-class paper),
 * 35 640 442 at 112. Initial weights as the author's: convolutions normal with a variance of 2 / outputs, the last layer uniform within
 * ±1 / sqrt(inputs), its biases 0.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for a depth that is not 6 n + 2, fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { shakeShake } from '@bcl/models';
 *
 * const model = shakeShake({ classes: 10, depth: 8, width: 4, inputShape: [8, 8, 3], backward: 'even' });
 * const logits = model.apply(tf.ones([2, 8, 8, 3]), { training: true }) as tf.Tensor;
 * logits.shape; // => [2, 10]
 * model.dispose();
 * ```
 *
 * @see Gastaldi, "Shake-Shake regularization", arXiv:1705.07485; the author's code, xgastaldi/shake-shake, models/shakeshake.lua.
 */
export function shakeShake(options: ShakeShakeOptions): LayersModel {
  return shakeNetwork('shakeShake', options, {
    depth: 26,
    conv: heOut,
    useBias: false,
    skipRelu: true,
  });
}
