import { type Random, uniformInt } from '@bcl/random';
import type { View } from './change.js';
import { checkSize, type ImageBatchShape, type ImageSize } from './images.js';
import { croppedView } from './views.js';

export interface RandomCropOptions {
  readonly random: Random;
  /** Height and width of the window, pixels. */
  readonly size: ImageSize;
}

/** Which window of each image is kept. */
export interface CropPlan {
  readonly size: ImageSize;
  /** First row of the window, `[B]`. */
  readonly top: Int32Array;
  /** First column, likewise. */
  readonly left: Int32Array;
}

/**
 * Draws for each image of a batch the row and then the column of the window, uniform.
 *
 * @param shape The batch's.
 */
export function drawRandomCrop(
  shape: ImageBatchShape,
  { random, size }: RandomCropOptions,
): CropPlan {
  const spare = spareRoom('drawRandomCrop', [shape[1], shape[2]], size);
  const top = new Int32Array(shape[0]);
  const left = new Int32Array(shape[0]);
  for (let b = 0; b < shape[0]; b++) {
    top[b] = uniformInt(random, spare[0] + 1);
    left[b] = uniformInt(random, spare[1] + 1);
  }
  return { size, top, left };
}

/** How far a window can be moved, down and to the right. Refuses one that is larger than the image. */
export function spareRoom(
  caller: string,
  [height, width]: ImageSize,
  size: ImageSize,
): [number, number] {
  checkSize(caller, size);
  if (size[0] > height || size[1] > width) {
    throw new RangeError(
      `${caller}: size must be at most that of the images, [${height}, ${width}], got [${size.join(', ')}]; resize them first`,
    );
  }
  return [height - size[0], width - size[1]];
}

/** What becomes of a view of one of the images. */
export function cropView({ size, top, left }: CropPlan, view: View): View {
  const [height, width] = size;
  const down = start('top', top[view.image], view.height - height);
  const right = start('left', left[view.image], view.width - width);
  return croppedView(view, down, right, height, width);
}

function start(name: string, at: number | undefined, spare: number): number {
  if (at === undefined || !(at >= 0 && at <= spare)) {
    throw new RangeError(
      `applyCrop: ${name} must be 0..${spare} for images of this size, got ${at}`,
    );
  }
  return at;
}
