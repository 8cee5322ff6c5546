import { applyChange } from './applyChange.js';
import { drawFlip, type FlipOptions, type FlipPlan, flipView } from './drawFlip.js';
import { checkImageBatch, type ImageBatch } from './images.js';
import { moveAll } from './views.js';

/**
 * Flips images left to right, each with probability ½.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind, of the same shape, owned by the caller.
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
export function flip<T extends ImageBatch>(images: T, options: FlipOptions): T {
  checkImageBatch('flip', images);
  return applyFlip(images, drawFlip(images.shape[0], options));
}

/** Flips the images that the plan names. */
export function applyFlip<T extends ImageBatch>(images: T, plan: FlipPlan): T {
  checkImageBatch('applyFlip', images, plan.flip.length);
  return applyChange(
    images,
    moveAll(images.shape, (view) => flipView(plan, view)),
  );
}
