import type { Random } from '@bcl/random';
import type { Box, Resample } from './change.js';
import { type Boxes, checkRange, drawBox, packBoxes, type Range, unpackBoxes } from './drawBox.js';
import { checkSize, type ImageBatchShape, type ImageSize } from './images.js';

export interface RandomResizedCropOptions {
  readonly random: Random;
  /** Height and width that the boxes are stretched to, pixels. */
  readonly size: ImageSize;
  /** Least and largest share of the image's area that a box has. Default 0.08 to 1. */
  readonly scale?: Range;
  /** Least and largest width of a box over its height. Default ¾ to 4⁄3. */
  readonly ratio?: Range;
}

/** Which box of each image is stretched to what size. */
export interface ResizedCropPlan extends Boxes {
  readonly size: ImageSize;
}

/** Shares of the area, of Szegedy et al. */
export const RESIZED_CROP_SCALE: Range = [0.08, 1];

/** Widths over heights, likewise. */
export const RESIZED_CROP_RATIO: Range = [3 / 4, 4 / 3];

/**
 * Draws a box in each image of a batch: its share of the area uniform, the logarithm of its width over its height uniform, then its
 * place. One that does not fit is drawn again, up to ten times; then it is the largest allowed one in the middle.
 *
 * @param shape The batch's.
 */
export function drawRandomResizedCrop(
  [count, height, width]: ImageBatchShape,
  {
    random,
    size,
    scale = RESIZED_CROP_SCALE,
    ratio = RESIZED_CROP_RATIO,
  }: RandomResizedCropOptions,
): ResizedCropPlan {
  checkSize('drawRandomResizedCrop', size);
  checkRange('drawRandomResizedCrop', 'scale', scale, 1);
  checkRange('drawRandomResizedCrop', 'ratio', ratio);
  const boxes = Array.from(
    { length: count },
    () => drawBox(random, height, width, scale, ratio) ?? middleBox(height, width, ratio),
  );
  return { size, ...packBoxes(boxes) };
}

export function resizedCropChange(plan: ResizedCropPlan, shape: ImageBatchShape): Resample {
  checkSize('applyRandomResizedCrop', plan.size);
  const boxes = unpackBoxes('applyRandomResizedCrop', plan, [shape[1], shape[2]], 1);
  return { kind: 'resample', boxes, size: plan.size };
}

/** The largest box in the middle of an image whose width over its height is allowed. */
function middleBox(rows: number, columns: number, [least, largest]: Range): Box {
  const ratio = columns / rows;
  const height = ratio < least ? Math.min(rows, Math.max(1, Math.round(columns / least))) : rows;
  const width =
    ratio > largest ? Math.min(columns, Math.max(1, Math.round(rows * largest))) : columns;
  const top = Math.floor((rows - height) / 2);
  return { top, left: Math.floor((columns - width) / 2), height, width };
}
