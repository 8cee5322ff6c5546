import { type Random, uniformInt } from '@bcl/random';
import type { View } from './change.js';
import { croppedView } from './views.js';

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

/** Draws for `count` images the row and then the column of the window, uniform. */
export function drawPadCrop(count: number, { random, padding = 4 }: PadCropOptions): PadCropPlan {
  checkPadding('drawPadCrop', padding);
  const top = new Int32Array(count);
  const left = new Int32Array(count);
  for (let b = 0; b < count; b++) {
    top[b] = uniformInt(random, 2 * padding + 1);
    left[b] = uniformInt(random, 2 * padding + 1);
  }
  return { padding, top, left };
}

/** What becomes of a view of one of the images. */
export function padCropView({ padding, top, left }: PadCropPlan, view: View): View {
  const down = offset('top', top[view.image], padding);
  const right = offset('left', left[view.image], padding);
  return croppedView(view, down, right, view.height, view.width);
}

/** Refuses a padding that is no whole number from 0. */
export function checkPadding(caller: string, padding: unknown): void {
  if (!Number.isInteger(padding) || (padding as number) < 0) {
    throw new RangeError(`${caller}: padding must be a whole number from 0, got ${padding}`);
  }
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
