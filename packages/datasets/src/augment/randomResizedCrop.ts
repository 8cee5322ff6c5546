import { applyChange } from './applyChange.js';
import {
  drawRandomResizedCrop,
  type RandomResizedCropOptions,
  type ResizedCropPlan,
  resizedCropChange,
} from './drawRandomResizedCrop.js';
import { checkImageBatch, type ImageBatch } from './images.js';

/**
 * Stretches a random box of each image to one size, bilinear: how networks are trained on ImageNet. By default the box has 8 % to
 * 100 % of the image's area and is ¾ to 4⁄3 times as wide as high.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind, `[B, height, width, C]` of `size`, owned by the caller: bytes as bytes, a tensor as float32.
 *
 * @example
 * ```ts
 * import { applyRandomResizedCrop, randomResizedCrop } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const images = { data: Uint8Array.of(0, 100, 200, 250), shape: [1, 1, 4, 1] as const };
 * const box = { top: Int32Array.of(0), left: Int32Array.of(1), height: Int32Array.of(1), width: Int32Array.of(2) };
 * applyRandomResizedCrop(images, { size: [1, 4], ...box }).data; // => [100, 125, 175, 200]
 * randomResizedCrop(images, { size: [2, 2], random: createRandom(1) }).shape; // => [1, 2, 2, 1]
 * ```
 *
 * @see Szegedy et al., "Going Deeper with Convolutions", 6; drawn as torchvision's `RandomResizedCrop` does, resampled as Pillow
 * does: shrinking averages over all pixels.
 */
export function randomResizedCrop<T extends ImageBatch>(
  images: T,
  options: RandomResizedCropOptions,
): T {
  checkImageBatch('randomResizedCrop', images);
  return applyRandomResizedCrop(images, drawRandomResizedCrop(images.shape, options));
}

/** Stretches the boxes that the plan names. */
export function applyRandomResizedCrop<T extends ImageBatch>(images: T, plan: ResizedCropPlan): T {
  checkImageBatch('applyRandomResizedCrop', images, plan.top.length);
  return applyChange(images, resizedCropChange(plan, images.shape));
}
