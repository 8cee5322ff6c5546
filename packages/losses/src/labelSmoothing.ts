import * as tf from '@tensorflow/tfjs-core';
import type { ConfiguredLoss, Loss } from './Loss.js';
import { lossConfig } from './lossConfig.js';
import { makeLoss } from './makeLoss.js';
import { checkRows } from './rowLoss.js';

/**
 * Makes a loss that is told a little less than its labels say,
 *
 *     t' = (1 − ε) t + ε Σt / K.
 *
 * A part ε of each row is spread evenly over its K classes, so a row keeps its sum: one-hot rows
 * become 1 − ε + ε/K and ε/K, ratio labels keep their order.
 *
 * @param loss Of labels and logits, `[B, K]`.
 * @param epsilon Part that is spread, from 0 (none) to below 1; 0.1 is usual.
 * @returns A loss of labels and logits, for `model.compile({ loss })`.
 * @throws RangeError when ε is out of range, or, on use, when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { klDivergence, labelSmoothing } from '@bcl/losses';
 *
 * const loss = labelSmoothing(klDivergence, 0.2);
 * const said = tf.log(tf.tensor2d([[0.9, 0.1]]));
 * loss(tf.tensor2d([[1, 0]]), said).dataSync(); // => [0]
 * ```
 *
 * @see Szegedy et al., "Rethinking the Inception Architecture", arXiv:1512.00567, section 7.
 */
export function labelSmoothing(loss: Loss, epsilon: number): ConfiguredLoss {
  if (!(epsilon >= 0 && epsilon < 1)) {
    throw new RangeError(`labelSmoothing: epsilon must be from 0 to below 1, got ${epsilon}`);
  }
  const inner = lossConfig(loss);
  const config = inner && ({ name: 'labelSmoothing', epsilon, loss: inner } as const);
  return makeLoss(config, (yTrue, logits, reduction) => {
    checkRows('labelSmoothing', yTrue, logits);
    return tf.tidy(() => {
      const even = tf.mean(yTrue, 1, true);
      const smooth = tf.add(tf.mul(yTrue, 1 - epsilon), tf.mul(even, epsilon));
      return loss(smooth, logits, { reduction } as { reduction: 'none' });
    });
  });
}
