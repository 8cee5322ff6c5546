import { type Random, uniformInt } from '@bcl/random';
import type * as tf from '@tensorflow/tfjs-core';
import { checkImageBatch, gatherPixels, NO_PIXEL } from './gatherPixels.js';

export interface PadCropOptions {
  readonly random: Random;
  /** Pixels of zeros on each side. Default 4. */
  readonly padding?: number;
}

/** Where the window of each image lies in the padded image. */
export interface PadCropPlan {
  /** Pixels of zeros on each side. */
  readonly padding: number;
  /** First row of the window, 0 .. 2 · padding, `[B]`; `padding` leaves the image where it was. */
  readonly top: Int32Array;
  /** First column, likewise. */
  readonly left: Int32Array;
}

/**
 * Pads images with zeros on all sides and cuts a window of the old size at a random place, each
 * image its own. After preprocessing zero is the data set's mean colour.
 *
 * @param images `[B, H, W, C]`, preprocessed; kept.
 * @returns `[B, H, W, C]`, owned by the caller.
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
export function padCrop(images: tf.Tensor4D, options: PadCropOptions): tf.Tensor4D {
  checkImageBatch('padCrop', images);
  return applyPadCrop(images, drawPadCrop(images.shape[0], options));
}

/** Draws for `count` images the row and then the column of the window, uniform. */
export function drawPadCrop(count: number, { random, padding = 4 }: PadCropOptions): PadCropPlan {
  if (!Number.isInteger(padding) || padding < 0) {
    throw new RangeError(`drawPadCrop: padding must be a whole number from 0, got ${padding}`);
  }
  const top = new Int32Array(count);
  const left = new Int32Array(count);
  for (let b = 0; b < count; b++) {
    top[b] = uniformInt(random, 2 * padding + 1);
    left[b] = uniformInt(random, 2 * padding + 1);
  }
  return { padding, top, left };
}

/** Pads and cuts as the plan says. */
export function applyPadCrop(images: tf.Tensor4D, plan: PadCropPlan): tf.Tensor4D {
  const { padding, top, left } = plan;
  checkImageBatch('applyPadCrop', images, top.length);
  const [count, height, width] = images.shape;
  const from = new Int32Array(count * height * width);
  let at = 0;
  for (let b = 0; b < count; b++) {
    const down = offset('top', top[b], padding);
    const right = offset('left', left[b], padding);
    for (let y = down; y < height + down; y++) {
      const inside = y >= 0 && y < height;
      const row = (b * height + y) * width;
      for (let x = right; x < width + right; x++) {
        from[at++] = inside && x >= 0 && x < width ? row + x : NO_PIXEL;
      }
    }
  }
  return gatherPixels(images, from);
}

/** How far a window lies from the image, −padding .. padding. */
function offset(name: string, start: number | undefined, padding: number): number {
  if (start === undefined || !(start >= 0 && start <= 2 * padding)) {
    throw new RangeError(
      `applyPadCrop: ${name} must be 0..${2 * padding} for padding ${padding}, got ${start}`,
    );
  }
  return start - padding;
}
