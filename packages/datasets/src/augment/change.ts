import type { ImageSize } from './images.js';

/**
 * What a window over an image shows: pixel (y, x) of the window is pixel (top + y, left + step · x) of the image
 * where `y0 ≤ y < y1` and `x0 ≤ x < x1`, and zero elsewhere. Flips and crops of a view are views again, so that any
 * number of them is one reading of the image.
 */
export interface View {
  /** Which image of the batch. */
  readonly image: number;
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  /** −1 where the columns run backwards. */
  readonly step: 1 | -1;
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** A part of an image, pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Pixels go to other places, none is changed. */
export interface Move {
  readonly kind: 'move';
  /** What each new image shows, all of one size; there may be several views of one image. */
  readonly views: readonly View[];
}

/** A box of each image is stretched to a new size. */
export interface Resample {
  readonly kind: 'resample';
  /** One for each image, or one for all. */
  readonly boxes: readonly Box[];
  readonly size: ImageSize;
}

/** A colour is added to all pixels of an image. */
export interface Shift {
  readonly kind: 'shift';
  /** `[B, C]`. */
  readonly colors: Float32Array;
}

/** A box of each image is painted over. */
export interface Patch {
  readonly kind: 'patch';
  /** One for each image; one without height leaves its image as it is. */
  readonly boxes: readonly Box[];
  /** `[C]`, or the values of all boxes one after the other. */
  readonly values: Float32Array;
}

/** What every augmentation comes down to, on bytes and on tensors alike. */
export type Change = Move | Resample | Shift | Patch;
