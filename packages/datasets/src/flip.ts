import type { Random } from '@bcl/random';
import type * as tf from '@tensorflow/tfjs-core';
import { checkImageBatch, gatherPixels } from './gatherPixels.js';

export interface FlipOptions {
  readonly random: Random;
  /** Probability that an image is flipped. Default ½. */
  readonly probability?: number;
}

/** Which images of a batch are flipped. */
export interface FlipPlan {
  /** 1 for those that are, `[B]`. */
  readonly flip: Uint8Array;
}

/**
 * Flips images left to right, each with probability ½.
 *
 * @param images `[B, H, W, C]`; kept.
 * @returns `[B, H, W, C]`, owned by the caller.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { flip } from '@bcl/datasets';
 *
 * const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * flip(image, { random: () => 0 }).dataSync(); // => [2, 1, 4, 3]
 * ```
 */
export function flip(images: tf.Tensor4D, options: FlipOptions): tf.Tensor4D {
  checkImageBatch('flip', images);
  return applyFlip(images, drawFlip(images.shape[0], options));
}

/** Draws for `count` images whether each is flipped, one number each. */
export function drawFlip(count: number, { random, probability = 0.5 }: FlipOptions): FlipPlan {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`drawFlip: probability must be 0..1, got ${probability}`);
  }
  return { flip: Uint8Array.from({ length: count }, () => (random() < probability ? 1 : 0)) };
}

/** Flips the images that the plan names. */
export function applyFlip(images: tf.Tensor4D, plan: FlipPlan): tf.Tensor4D {
  checkImageBatch('applyFlip', images, plan.flip.length);
  const [count, height, width] = images.shape;
  const from = new Int32Array(count * height * width);
  let at = 0;
  for (let b = 0; b < count; b++) {
    for (let y = 0; y < height; y++) {
      const row = (b * height + y) * width;
      for (let x = 0; x < width; x++) from[at++] = row + (plan.flip[b] ? width - 1 - x : x);
    }
  }
  return gatherPixels(images, from);
}
