/** How the pixels of a row make those of a longer or shorter one. */
export interface Weights {
  /** First old pixel that a new one takes from, for each new one. */
  readonly first: Int32Array;
  /** How many old pixels each takes from. */
  readonly counts: Int32Array;
  /** Shares, `taps` for each new pixel, of which `counts` are used. They sum to 1. */
  readonly shares: Float64Array;
  readonly taps: number;
}

/**
 * Bilinear resampling of `length` pixels to `size`, pixels being areas: the centre of new pixel i lies at
 * (i + ½) · length / size. A new pixel takes from the old ones under a triangle around its centre that reaches one old pixel to
 * each side, or one new one where those are larger, so that shrinking averages rather than skips.
 *
 * @see Pillow, `Image.resize(size, Image.BILINEAR)`, src/libImaging/Resample.c, whose numbers these are.
 */
export function bilinearWeights(length: number, size: number): Weights {
  const scale = length / size;
  const reach = Math.max(scale, 1);
  const taps = 2 * Math.ceil(reach) + 1;
  const first = new Int32Array(size);
  const counts = new Int32Array(size);
  const shares = new Float64Array(size * taps);
  for (let i = 0; i < size; i++) {
    const center = (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(center - reach + 0.5));
    const end = Math.min(length, Math.floor(center + reach + 0.5));
    let sum = 0;
    for (let k = begin; k < end; k++) {
      const share = Math.max(0, 1 - Math.abs((k + 0.5 - center) / reach));
      shares[i * taps + k - begin] = share;
      sum += share;
    }
    for (let k = 0; k < end - begin; k++)
      shares[i * taps + k] = (shares[i * taps + k] as number) / sum;
    first[i] = begin;
    counts[i] = end - begin;
  }
  return { first, counts, shares, taps };
}
