import type { LayersModel } from '@tensorflow/tfjs-layers';
import { torchUniform } from './builder.js';
import { type ShakeNetworkOptions, shakeNetwork } from './shakeNetwork.js';

export interface ShakeShakeShortOptions extends ShakeNetworkOptions {
  /** Layers, 6 n + 2; 8 unless told. */
  depth?: number;
}

/**
 * The short Shake-Shake of T. Viehmann's notebook: as `shakeShake`, but 8 layers deep unless told, convolutions have biases, and a
 * shortcut that changes the shape does not begin with a ReLU. Small enough to train on a CPU. 4 × 4 pixels or more.
 *
 * 596 490 parameters for 10 classes at depth 8, 2 150 154 at 20. Initial weights uniform within ±1 / sqrt(inputs), as PyTorch's; biases
 * 0.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for a depth that is not 6 n + 2, fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import { shakeShakeShort } from '@bcl/models';
 *
 * const model = shakeShakeShort({ classes: 10, seed: 1 });
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 *
 * @see T. Viehmann, t-vi/pytorch-tvmisc, misc/cifar10-shake-shake.ipynb, whose default depth is 20.
 */
export function shakeShakeShort(options: ShakeShakeShortOptions): LayersModel {
  return shakeNetwork('shakeShakeShort', options, {
    depth: 8,
    conv: torchUniform,
    useBias: true,
    skipRelu: false,
  });
}
