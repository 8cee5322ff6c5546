import { applyChange } from './applyChange.js';
import { drawPadCrop, type PadCropOptions, type PadCropPlan, padCropView } from './drawPadCrop.js';
import { checkImageBatch, type ImageBatch } from './images.js';
import { moveAll } from './views.js';

/**
 * Pads images with zeros on all sides and cuts a window of the old size at a random place, each
 * image its own. After preprocessing zero is the data set's mean colour; in raw bytes it is black.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory, preprocessed; kept.
 * @returns The same kind, of the same shape, owned by the caller.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { padCrop } from '@bcl/datasets';
 *
 * const image = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * padCrop(image, { padding: 1, random: () => 0 }).dataSync(); // => [0, 0, 0, 1]
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_image, utils.py.
 */
export function padCrop<T extends ImageBatch>(images: T, options: PadCropOptions): T {
  checkImageBatch('padCrop', images);
  return applyPadCrop(images, drawPadCrop(images.shape[0], options));
}

/** Pads and cuts as the plan says. */
export function applyPadCrop<T extends ImageBatch>(images: T, plan: PadCropPlan): T {
  checkImageBatch('applyPadCrop', images, plan.top.length);
  return applyChange(
    images,
    moveAll(images.shape, (view) => padCropView(plan, view)),
  );
}
