import type { AdamOptions } from './AdamStep.js';
import { AdamStep, checkAdam } from './AdamStep.js';
import type { Optimizer } from './Optimizer.js';
import { RuleOptimizer } from './RuleOptimizer.js';

/**
 * Adam, in PyTorch's meaning; in step k
 *
 *     g ← g + λ w
 *     m ← β1 m + (1 - β1) g,   v ← β2 v + (1 - β2) g²
 *     w ← w - η m̂ / (√v̂ + ε),   m̂ = m / (1 - β1ᵏ),   v̂ = v / (1 - β2ᵏ)
 *
 * Weight decay goes through the gradient here, so that it is weak where gradients are large; that of
 * `adamW` is the same for all.
 *
 * @returns An optimizer that remembers `m` and `v` per weight; `dispose()` frees them.
 * @throws RangeError when a setting is out of its range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { adam } from '@bcl/trainer';
 *
 * const w = tf.variable(tf.tensor1d([1, 1]));
 * const optimizer = adam({ learningRate: 0.25 });
 * optimizer.step({ w }, { w: tf.tensor1d([100, -0.01]) });
 * w.dataSync(); // => [0.75, 1.25]
 * ```
 *
 * @see Kingma, Ba, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return makeAdam('adam', options);
}

/** Adam under either name, which says where its weight decay goes. */
export function makeAdam(
  name: 'adam' | 'adamw',
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...options }: AdamOptions,
): Optimizer {
  const own = { beta1, beta2, epsilon };
  checkAdam(name, own);
  const rule = new AdamStep({ ...own, decoupled: name === 'adamw' });
  return new RuleOptimizer({ name, learningRate, own, ...options }, rule);
}
