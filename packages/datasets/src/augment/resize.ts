import { applyChange } from './applyChange.js';
import { checkImageBatch, type ImageBatch } from './images.js';
import { type ResizeOptions, resizeChange } from './resizedSize.js';

/**
 * Stretches whole images to another size, bilinear. Shrinking averages over all pixels, as Pillow does.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind in the new size, owned by the caller: bytes as bytes, a tensor as float32.
 *
 * @example
 * ```ts
 * import { resize } from '@bcl/datasets';
 *
 * const images = { data: Uint8Array.of(0, 100, 200, 100), shape: [1, 1, 4, 1] as const };
 * resize(images, { size: [1, 2] }).data; // => [71, 143]
 * resize(images, { size: 2 }).shape; // => [1, 2, 8, 1]
 * ```
 */
export function resize<T extends ImageBatch>(images: T, options: ResizeOptions): T {
  checkImageBatch('resize', images);
  return applyChange(images, resizeChange('resize', options, images.shape));
}
