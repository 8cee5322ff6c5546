import { applyChange } from './applyChange.js';
import { spareRoom } from './drawRandomCrop.js';
import { checkImageBatch, type ImageBatch, type ImageSize } from './images.js';
import { croppedView, flippedView, wholeView } from './views.js';

/** Where a window lies in an image: 0 at its top or left edge, 1 at its bottom or right one. */
export type CropPlace = readonly [down: number, right: number];

export interface NCropOptions {
  /** Height and width of the windows, pixels. */
  readonly size: ImageSize;
  /** Where the windows lie. Default the four corners and the middle. */
  readonly places?: readonly CropPlace[];
  /** Adds the mirror image of each window, after all of them. Default true. */
  readonly mirror?: boolean;
}

/** Corners and middle, torchvision's order. */
const FIVE: readonly CropPlace[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
  [0.5, 0.5],
];

/**
 * Cuts several windows out of each image, to be tested one by one and averaged with {@link averageCrops}. The default is
 * Krizhevsky's ten: corners, middle, and the same mirrored.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
 * @returns The same kind, `[B · n, height, width, C]`, the windows of an image together; owned by the caller.
 * @throws RangeError when a window is larger than the images, or lies outside.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { averageCrops, nCrop } from '@bcl/datasets';
 *
 * const images = tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]);
 * nCrop(images, { size: [1, 3] }).shape; // => [10, 1, 3, 1]
 * const windows = nCrop(images, { size: [1, 3], places: [[0, 0], [0, 1]], mirror: false });
 * windows.arraySync().flat(3); // => [1, 2, 3, 3, 4, 5]
 *
 * const logits = tf.log(tf.tensor2d([[1, 3], [1, 1]])); // a model's, for the two windows
 * averageCrops(logits, 2).dataSync(); // => [0.375, 0.625]
 * ```
 *
 * @see Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 4.1.
 */
export function nCrop<T extends ImageBatch>(
  images: T,
  { size, places = FIVE, mirror = true }: NCropOptions,
): T {
  checkImageBatch('nCrop', images);
  const [count, height, width] = images.shape;
  const [down, right] = spareRoom('nCrop', [height, width], size);
  const starts = places.map((place) => {
    checkPlace(place);
    return [Math.floor(place[0] * down), Math.floor(place[1] * right)] as const;
  });
  if (starts.length === 0) throw new RangeError('nCrop: places must name at least one window');
  const views = Array.from({ length: count }, (_, b) => {
    const whole = wholeView(b, height, width);
    const windows = starts.map(([top, left]) => croppedView(whole, top, left, size[0], size[1]));
    return mirror ? [...windows, ...windows.map(flippedView)] : windows;
  });
  return applyChange(images, { kind: 'move', views: views.flat() });
}

function checkPlace(place: unknown): void {
  const good =
    Array.isArray(place) && place.length === 2 && place.every((share) => share >= 0 && share <= 1);
  if (!good) {
    throw new RangeError(
      `nCrop: places must be [down, right], each 0..1, got ${JSON.stringify(place)}`,
    );
  }
}
