import { applyChange } from './applyChange.js';
import {
  type CropPlan,
  cropView,
  drawRandomCrop,
  type RandomCropOptions,
} from './drawRandomCrop.js';
import { checkImageBatch, type ImageBatch } from './images.js';
import { moveAll } from './views.js';

/**
 * Cuts a smaller window out of each image, at a place of its own.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind, `[B, height, width, C]` of `size`, owned by the caller.
 * @throws RangeError when the window is larger than the images.
 *
 * @example
 * ```ts
 * import { randomCrop } from '@bcl/datasets';
 *
 * const images = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [1, 2, 3, 1] as const };
 * randomCrop(images, { size: [1, 2], random: () => 0.9 }).data; // => [5, 6]
 * ```
 *
 * @see Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 4.1: windows of 224 × 224
 * out of 256 × 256, and their mirror images.
 */
export function randomCrop<T extends ImageBatch>(images: T, options: RandomCropOptions): T {
  checkImageBatch('randomCrop', images);
  return applyCrop(images, drawRandomCrop(images.shape, options));
}

/** Cuts the windows that the plan names. */
export function applyCrop<T extends ImageBatch>(images: T, plan: CropPlan): T {
  checkImageBatch('applyCrop', images, plan.top.length);
  return applyChange(
    images,
    moveAll(images.shape, (view) => cropView(plan, view)),
  );
}
