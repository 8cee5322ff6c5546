/** Mean and population standard deviation of each channel. */
export interface ChannelStatistics {
  readonly mean: number[];
  readonly std: number[];
}

/**
 * Measures each channel over images that come one by one, 0..255. With `zeroMean` each image first loses its own
 * mean over all pixels and channels.
 *
 * Sums of bytes and of their squares are whole numbers, exact below 2⁵³: more than 10¹¹ of the brightest pixels. The
 * means of the images enter per image.
 */
export class ChannelSums {
  readonly #zeroMean: boolean;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #pixels = 0;

  constructor(channels: number, zeroMean: boolean) {
    this.#zeroMean = zeroMean;
    this.#sums = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /** Adds one image, `H · W · C` bytes. */
  add(image: Uint8Array): void {
    const sums = this.#sums;
    const squares = this.#squares;
    const channels = sums.length;
    const perChannel = image.length / channels;
    const m = this.#zeroMean ? imageMean(image, 0, image.length) : 0;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let square = 0;
      for (let i = c; i < image.length; i += channels) {
        const value = image[i] as number;
        sum += value;
        square += value * value;
      }
      // Σ (v - m) and Σ (v - m)² of this image.
      sums[c] = (sums[c] as number) + sum - m * perChannel;
      squares[c] = (squares[c] as number) + square - 2 * m * sum + m * m * perChannel;
    }
    this.#pixels += perChannel;
  }

  statistics(): ChannelStatistics {
    const total = this.#pixels;
    const mean = Array.from(this.#sums, (sum) => sum / total);
    const std = Array.from(this.#squares, (square, c) => {
      const variance = square / total - (mean[c] as number) ** 2;
      // Below the noise of these sums a channel is flat.
      return variance > 1e-9 ? Math.sqrt(variance) : 0;
    });
    return { mean, std };
  }
}

/** Mean of one image over all its pixels and channels. */
export function imageMean(
  values: Uint8Array | Float32Array,
  start: number,
  length: number,
): number {
  const aligned = ((values.byteOffset + start) | length) % 4 === 0;
  if (values instanceof Uint8Array && aligned) {
    return sumWords(new Uint32Array(values.buffer, values.byteOffset + start, length / 4)) / length;
  }
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += values[i] as number;
  return sum / length;
}

/** Words that two 16-bit halves of a sum have room for, four bytes from each, and some to spare. */
const CHUNK = 64;

/** Sum of the bytes of words, four at a time: twice as fast as one by one. */
function sumWords(words: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < words.length; ) {
    const end = Math.min(i + CHUNK, words.length);
    let halves = 0;
    for (; i < end; i++) {
      const word = words[i] as number;
      halves += (word & 0xff00ff) + ((word >>> 8) & 0xff00ff);
    }
    sum += (halves & 0xffff) + (halves >>> 16);
  }
  return sum;
}
