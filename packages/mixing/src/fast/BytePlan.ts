/** Labelled images as plain bytes; a `Dataset` of `@bcl/datasets` is one. */
export interface ByteImages {
  /** `N · H · W · C` bytes, 0..255: image after image, row after row, the channels of a pixel together. */
  readonly images: Uint8Array;
  /** Class of each image, `[N]`. */
  readonly labels: ArrayLike<number>;
  /** Height, width and channels of one image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Tells the number of classes where `numClasses` does not. */
  readonly classNames?: readonly string[];
}

/** One image of each pair and how it is looked at. Typed arrays, or plain ones that came through JSON. */
export interface ByteViews {
  /** Which image of the set, `[B]`. */
  readonly index: ArrayLike<number>;
  /** 1 for those that are flipped left to right, `[B]`. */
  readonly flip: ArrayLike<number>;
  /** First row of the window in the padded image, 0 .. 2 · padding, `[B]`; `padding` leaves it in place. */
  readonly top: ArrayLike<number>;
  /** First column, likewise. */
  readonly left: ArrayLike<number>;
}

/** All that is left to chance in a mixed batch: small, serialisable, and can be applied again. */
export interface BytePlan {
  readonly first: ByteViews;
  readonly second: ByteViews;
  /** Share of the first image, `[B]`, 0 to 1. */
  readonly ratio: ArrayLike<number>;
  /** Pixels of zeros on each side before the window is cut. */
  readonly padding: number;
}
