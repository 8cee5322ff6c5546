import * as tf from '@tensorflow/tfjs-core';
import { type Attack, along, checkDistance, within } from './Attack.js';

export interface FgsmOptions {
  /** How far a pixel may move, as a share of the range 0..255: `2 / 255` is two grey levels. */
  epsilon: number;
}

/**
 * The fast gradient sign method: every channel of every pixel moves by ε, in the direction in which the
 * loss grows,
 *
 *     x' = clip(x + ε sign(dL/dx), 0, 255).
 *
 * One gradient an image. What it finds is a bound from above on accuracy within ε, and a weak one:
 * `pgd` finds more.
 *
 * @throws RangeError when ε is no share of the range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { fgsm } from '@bcl/trainer';
 *
 * const attack = fgsm({ epsilon: 2 / 255 });
 * const images = tf.tensor4d([100, 254, 7], [1, 1, 1, 3]);
 * attack(images, () => tf.tensor4d([-0.1, 9, 0], [1, 1, 1, 3])).dataSync(); // => [98, 255, 7]
 * ```
 *
 * @see Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples",
 * arXiv:1412.6572; with it the BC+ report wanted its models compared.
 */
export function fgsm({ epsilon }: FgsmOptions): Attack {
  checkDistance('fgsm', 'epsilon', epsilon);
  const attack: (...args: Parameters<Attack>) => tf.Tensor4D = (images, slope) =>
    tf.tidy(() => {
      const by = 255 * epsilon;
      return within(along(images, slope(images), by), images, by);
    });
  return Object.assign(attack, { config: { name: 'fgsm', epsilon } as const });
}
