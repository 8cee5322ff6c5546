import type { Random } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';
import { type Attack, along, checkDistance, within } from './Attack.js';

export interface PgdOptions {
  /** How far a pixel may move, as a share of the range 0..255: `2 / 255` is two grey levels. */
  epsilon: number;
  /** Gradients an image. Default 10. */
  steps?: number;
  /** How far a pixel moves in a step, as `epsilon`. Default 2.5 ε / steps, which reaches the edge from anywhere. */
  stepSize?: number;
  /** Where images start: drawn evenly within ε of themselves; without it, as they are. */
  random?: Random;
}

/**
 * Projected gradient descent within the L∞ ball: steps along the sign of the gradient, each brought
 * back to within ε of the image and to 0..255,
 *
 *     x ← clip(x + α sign(dL/dx), x₀ ± ε, 0..255).
 *
 * @throws RangeError when a setting is out of range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { pgd } from '@bcl/trainer';
 *
 * // The loss is the distance from 99.25: climbed away from, as far as ε = 2 grey levels allow.
 * const attack = pgd({ epsilon: 2 / 255, steps: 4, stepSize: 1 / 255 });
 * const slope = (x: tf.Tensor4D) => tf.sign(tf.sub(x, 99.25)) as tf.Tensor4D;
 * attack(tf.tensor4d([100], [1, 1, 1, 1]), slope).dataSync(); // => [102]
 * ```
 *
 * @see Madry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks", arXiv:1706.06083.
 */
export function pgd(options: PgdOptions): Attack {
  const { epsilon, steps = 10, random } = options;
  checkDistance('pgd', 'epsilon', epsilon);
  const counted = Number.isInteger(steps) && steps >= 1;
  checkSetting('pgd', 'steps', steps, counted, 'a whole number from 1 up');
  const { stepSize = (2.5 * epsilon) / steps } = options;
  checkDistance('pgd', 'stepSize', stepSize);
  const config = {
    name: 'pgd',
    epsilon,
    steps,
    stepSize,
    randomStart: random !== undefined,
  } as const;
  const attack: (...args: Parameters<Attack>) => tf.Tensor4D = (images, slope) =>
    tf.tidy(() => {
      const by = 255 * epsilon;
      let x = random ? within(started(images, by, random), images, by) : images;
      for (let step = 0; step < steps; step++) {
        const before = x;
        x = tf.tidy(() => within(along(before, slope(before), 255 * stepSize), images, by));
        if (before !== images) before.dispose();
      }
      return x;
    });
  return Object.assign(attack, { config });
}

/** Images each moved by its own draws of up to `by` grey levels. */
function started(images: tf.Tensor4D, by: number, random: Random): tf.Tensor4D {
  const moves = Float32Array.from({ length: images.size }, () => by * (2 * random() - 1));
  return tf.add(images, tf.tensor4d(moves, images.shape));
}
