import { applyChange } from './applyChange.js';
import {
  drawRandomErasing,
  erasingChange,
  type RandomErasingOptions,
  type RandomErasingPlan,
} from './drawRandomErasing.js';
import { checkImageBatch, type ImageBatch } from './images.js';

/**
 * Paints over a random box in every second image, by chance, so that no single part of an object is needed to recognise it.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind, of the same shape, owned by the caller. What lies outside of the boxes is the very same.
 *
 * @example
 * ```ts
 * import { applyRandomErasing, randomErasing } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const images = { data: Uint8Array.of(1, 2, 3, 4), shape: [1, 1, 4, 1] as const };
 * const box = { top: Int32Array.of(0), left: Int32Array.of(1), height: Int32Array.of(1), width: Int32Array.of(2) };
 * applyRandomErasing(images, { ...box, values: Float32Array.of(9) }).data; // => [1, 9, 9, 4]
 * randomErasing(images, { random: createRandom(1), fill: 'uniform' }).shape; // => [1, 1, 4, 1]
 * ```
 *
 * @see Zhong, Zheng, Kang, Li, Yang, "Random Erasing Data Augmentation", arXiv:1708.04896. Theirs draws width over height uniform;
 * here its logarithm is, as in torchvision, so that upright and lying boxes are as frequent.
 */
export function randomErasing<T extends ImageBatch>(images: T, options: RandomErasingOptions): T {
  checkImageBatch('randomErasing', images);
  return applyRandomErasing(images, drawRandomErasing(images.shape, options));
}

/** Paints over the boxes of the plan. */
export function applyRandomErasing<T extends ImageBatch>(images: T, plan: RandomErasingPlan): T {
  checkImageBatch('applyRandomErasing', images, plan.top.length);
  return applyChange(images, erasingChange(plan, images.shape));
}
