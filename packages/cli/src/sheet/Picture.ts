/** A small colour image as bytes. */
export interface Picture {
  width: number;
  height: number;
  /** `height · width · 3` bytes, row after row, R G B. */
  data: Uint8Array;
}

/** Pictures of a batch of images in 0..255, `[B, H, W, C]` as plain numbers; grey ones become R = G = B. */
export function pictures(
  values: ArrayLike<number>,
  [height, width, channels]: readonly [number, number, number],
): Picture[] {
  const pixels = height * width;
  const count = values.length / (pixels * channels);
  return Array.from({ length: count }, (_, image) => {
    // Clamped and rounded by the array's own rule.
    const data = new Uint8ClampedArray(pixels * 3);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const from = (image * pixels + pixel) * channels;
      for (let color = 0; color < 3; color++) {
        data[pixel * 3 + color] = values[from + (channels < 3 ? 0 : color)] as number;
      }
    }
    return { width, height, data: new Uint8Array(data.buffer) };
  });
}

/** The picture with each pixel as a square of `scale` x `scale`. */
export function enlarged({ width, height, data }: Picture, scale: number): Picture {
  const large = new Uint8Array(data.length * scale * scale);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * 3;
      large.set(data.subarray(from, from + 3), (y * width * scale + x) * 3);
    }
  }
  return { width: width * scale, height: height * scale, data: large };
}
