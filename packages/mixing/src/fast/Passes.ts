/** What a window shows of an image: the pixel (y, x) of the window is (y + down, x + right) of the (flipped) image. */
export interface Window {
  readonly down: number;
  readonly right: number;
  readonly flip: boolean;
  /** The part of the unflipped image that is shown, pixels: from x0 to before x1, y0 to before y1. */
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** One image as a part of the mix: scale · byte + shift, each `[C]`, and what stands beside the image. */
export interface Wave {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  readonly fill: number;
}

/** The two images of a pair. */
export type Side = 0 | 1;

/**
 * The passes over bytes and floats that mixing a pair takes. They are written twice, in TypeScript and in AssemblyScript, and
 * give the same numbers to the last bit: sums of bytes are whole, and a float is one product and one sum.
 */
export interface Passes {
  /** Takes the image at `from`. */
  take(side: Side, images: Uint8Array, from: number): void;
  /** Sum of all its bytes. */
  sum(side: Side): number;
  /** For each channel the sum of what the window shows, then the sums of squares, `[2 C]`; valid until the next call. */
  windowSums(side: Side, window: Window): Float64Array;
  /** Writes image 0 of the mix whose place in the output is `to`, in elements, or adds image 1 to it. */
  wave(side: Side, window: Window, wave: Wave, to: number): void;
  /** Ends the mix at `to`. */
  put(to: number): void;
}
