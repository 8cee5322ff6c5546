import type { Resample } from './change.js';
import type { RawImages } from './images.js';
import { asData } from './rawData.js';
import { bilinearWeights, type Weights } from './weights.js';

/** Stretches a box of each image; bytes are rounded. */
export function resampleRaw<T extends Uint8Array | Float32Array>(
  images: RawImages<T>,
  resample: Resample,
): RawImages<T> {
  const { data, shape } = resampleFloats(images, resample);
  return { data: asData(data, images.data), shape };
}

/** The same in floats, along the rows first. */
export function resampleFloats(
  { data, shape }: RawImages,
  { boxes, size: [rows, columns] }: Resample,
): RawImages<Float32Array> {
  const [count, height, width, channels] = shape;
  const pitch = columns * channels;
  const to = new Float32Array(count * rows * pitch);
  const sum = new Float64Array(pitch);
  const stretched = new Float32Array(height * pitch);
  for (let b = 0; b < count; b++) {
    const box = boxes[boxes.length === 1 ? 0 : b];
    if (!box) throw new RangeError(`resample: image ${b} has no box`);
    const begin = ((b * height + box.top) * width + box.left) * channels;
    const along = bilinearWeights(box.width, columns);
    const down = bilinearWeights(box.height, rows);
    for (let y = 0; y < box.height; y++) {
      const from = begin + y * width * channels;
      if (channels === 3) stretchColors(data, from, along, stretched, y * pitch);
      else stretchRow(data, from, along, channels, stretched, y * pitch);
    }
    for (let y = 0; y < rows; y++) {
      const { shares, taps } = down;
      const taken = down.counts[y] as number;
      const first = (down.first[y] as number) * pitch;
      const at = (b * rows + y) * pitch;
      // Two rows at a time, which enlarging never needs more than.
      for (let k = 0; k < taken; k += 2) {
        const p = shares[y * taps + k] as number;
        const q = k + 1 < taken ? (shares[y * taps + k + 1] as number) : 0;
        const one = first + k * pitch;
        const two = k + 1 < taken ? one + pitch : one;
        for (let i = 0; i < pitch; i++) {
          const pair = p * (stretched[one + i] as number) + q * (stretched[two + i] as number);
          sum[i] = k === 0 ? pair : (sum[i] as number) + pair;
        }
      }
      to.set(sum, at);
    }
  }
  return { data: to, shape: [count, rows, columns, channels] };
}

function stretchRow(
  data: Uint8Array | Float32Array,
  from: number,
  { first, counts, shares, taps }: Weights,
  channels: number,
  to: Float32Array,
  at: number,
): void {
  let next = at;
  for (let x = 0; x < first.length; x++) {
    const begin = from + (first[x] as number) * channels;
    const end = x * taps + (counts[x] as number);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = x * taps, i = begin + c; k < end; k++, i += channels) {
        sum += (shares[k] as number) * (data[i] as number);
      }
      to[next++] = sum;
    }
  }
}

/** The same for three channels, twice as fast. */
function stretchColors(
  data: Uint8Array | Float32Array,
  from: number,
  { first, counts, shares, taps }: Weights,
  to: Float32Array,
  at: number,
): void {
  let next = at;
  for (let x = 0; x < first.length; x++) {
    const end = x * taps + (counts[x] as number);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = x * taps, i = from + (first[x] as number) * 3; k < end; k++, i += 3) {
      const share = shares[k] as number;
      red += share * (data[i] as number);
      green += share * (data[i + 1] as number);
      blue += share * (data[i + 2] as number);
    }
    to[next] = red;
    to[next + 1] = green;
    to[next + 2] = blue;
    next += 3;
  }
}
