import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What the kernel `BclTakeImages` is given by `ResidentImages` of `@bcl/datasets`. */
export interface TakeImagesInputs {
  /** The bytes of `N` images, four in an int32, the first in the lowest place. */
  words: TensorInfo;
  /** `[P, C · 256]`: of each channel what each byte becomes; with `shifts` P is 2, of which the second is the rest of the first. */
  table: TensorInfo;
  /** What is taken from both for each image, `[N, 2, C]`. */
  shifts?: TensorInfo;
  /**
   * Which image each of the batch shows, and how, `[B, 8]` int32: image, top, left, step, y0, y1, x0, x1. Pixel (y, x) is that image's
   * (top + y, left + step · x) where `y0 ≤ y < y1` and `x0 ≤ x < x1`, and zeros elsewhere.
   */
  places: TensorInfo;
}

export interface TakeImagesAttrs {
  /** Of the images that are held. */
  shape: [height: number, width: number, channels: number];
  /** Of those that are made. */
  size: [height: number, width: number];
}
