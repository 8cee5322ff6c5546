import type { Resample } from './change.js';
import { checkSize, type ImageBatchShape, type ImageSize } from './images.js';

export interface ResizeOptions {
  /** Height and width, or the length that the shorter side gets while the longer one keeps its proportion; pixels. */
  readonly size: ImageSize | number;
}

/** The size that images of a size get. */
export function resizedSize(caller: string, { size }: ResizeOptions, from: ImageSize): ImageSize {
  if (typeof size !== 'number') {
    checkSize(caller, size);
    return size;
  }
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(
      `${caller}: size must be [height, width] or one whole number from 1, got ${size}`,
    );
  }
  const longer = Math.floor((size * Math.max(...from)) / Math.min(...from));
  return from[0] <= from[1] ? [size, longer] : [longer, size];
}

export function resizeChange(
  caller: string,
  options: ResizeOptions,
  [, height, width]: ImageBatchShape,
): Resample {
  const boxes = [{ top: 0, left: 0, height, width }];
  return { kind: 'resample', boxes, size: resizedSize(caller, options, [height, width]) };
}
