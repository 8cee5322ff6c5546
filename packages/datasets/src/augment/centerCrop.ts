import { applyChange } from './applyChange.js';
import { checkImageBatch, type ImageBatch, type ImageSize } from './images.js';
import { middleView } from './middleView.js';
import { moveAll } from './views.js';

export interface CenterCropOptions {
  /** Height and width of the window, pixels. */
  readonly size: ImageSize;
}

/**
 * Cuts the middle out of each image. Where the pixels around it do not halve, there is one less above and to the left.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind, `[B, height, width, C]` of `size`, owned by the caller.
 * @throws RangeError when the window is larger than the images.
 *
 * @example
 * ```ts
 * import { centerCrop } from '@bcl/datasets';
 *
 * const images = { data: Uint8Array.of(1, 2, 3, 4), shape: [1, 1, 4, 1] as const };
 * centerCrop(images, { size: [1, 2] }).data; // => [2, 3]
 * ```
 */
export function centerCrop<T extends ImageBatch>(images: T, { size }: CenterCropOptions): T {
  checkImageBatch('centerCrop', images);
  return applyChange(
    images,
    moveAll(images.shape, (view) => middleView(size, view)),
  );
}
