import type { AdamOptions } from './AdamStep.js';
import { makeAdam } from './adam.js';
import type { Optimizer } from './Optimizer.js';

/**
 * Adam with a weight decay of its own, which no gradient scales: before the step of `adam` each
 * weight shrinks, `w ← w - η λ w`.
 *
 * @param options As those of `adam`, but `weightDecay` is 0.01 by default.
 * @throws RangeError when a setting is out of its range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { adamW } from '@bcl/trainer';
 *
 * const w = tf.variable(tf.tensor1d([1, 1]));
 * const optimizer = adamW({ learningRate: 0.25, weightDecay: 0.5 });
 * optimizer.step({ w }, { w: tf.tensor1d([100, -0.01]) });
 * w.dataSync(); // => [0.625, 1.125]
 * ```
 *
 * @see Loshchilov, Hutter, "Decoupled Weight Decay Regularization", arXiv:1711.05101, in the form of
 * PyTorch's `torch.optim.AdamW`.
 */
export function adamW({ weightDecay = 0.01, ...options }: AdamOptions = {}): Optimizer {
  return makeAdam('adamw', { weightDecay, ...options });
}
