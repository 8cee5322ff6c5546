/** Mean and population standard deviation of each channel. */
export interface ChannelStatistics {
  readonly mean: number[];
  readonly std: number[];
}

/**
 * Measures each channel over all images, 0..255. With `zeroMean` each image first loses its own
 * mean over all pixels and channels.
 *
 * Sums of bytes and of their squares are whole numbers below 2⁵³, so they are exact; the
 * means of the images enter per image.
 */
export function measure(
  images: Uint8Array,
  shape: readonly [number, number, number],
  zeroMean: boolean,
): ChannelStatistics {
  const channels = shape[2];
  const pixels = shape[0] * shape[1] * channels;
  const perChannel = shape[0] * shape[1];
  const total = images.length / channels;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let start = 0; start < images.length; start += pixels) {
    const m = zeroMean ? imageMean(images, start, pixels) : 0;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let square = 0;
      for (let i = start + c; i < start + pixels; i += channels) {
        const value = images[i] as number;
        sum += value;
        square += value * value;
      }
      // Σ (v - m) and Σ (v - m)² of this image.
      sums[c] = (sums[c] as number) + sum - m * perChannel;
      squares[c] = (squares[c] as number) + square - 2 * m * sum + m * m * perChannel;
    }
  }
  const mean = Array.from(sums, (sum) => sum / total);
  const std = Array.from(squares, (square, c) => {
    const variance = square / total - (mean[c] as number) ** 2;
    // Below the noise of these sums a channel is flat.
    return variance > 1e-9 ? Math.sqrt(variance) : 0;
  });
  return { mean, std };
}

/** Mean of one image over all its pixels and channels. */
export function imageMean(images: Uint8Array, start: number, pixels: number): number {
  let sum = 0;
  for (let i = start; i < start + pixels; i++) sum += images[i] as number;
  return sum / pixels;
}
