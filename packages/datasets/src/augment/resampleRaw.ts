import type { Resample } from './change.js';
import type { RawImages } from './images.js';
import { asData } from './rawData.js';
import { bilinearWeights, type Weights } from './weights.js';

/** Stretches a box of each image, along the rows first. */
export function resampleRaw<T extends Uint8Array | Float32Array>(
  { data, shape }: RawImages<T>,
  { boxes, size: [rows, columns] }: Resample,
): RawImages<T> {
  const [count, height, width, channels] = shape;
  const pitch = columns * channels;
  const to = new Float32Array(count * rows * pitch);
  const sum = new Float64Array(pitch);
  for (let b = 0; b < count; b++) {
    const box = boxes[boxes.length === 1 ? 0 : b];
    if (!box) throw new RangeError(`resample: image ${b} has no box`);
    const begin = ((b * height + box.top) * width + box.left) * channels;
    const along = bilinearWeights(box.width, columns);
    const down = bilinearWeights(box.height, rows);
    const stretched = new Float32Array(box.height * pitch);
    for (let y = 0; y < box.height; y++) {
      const row = data.subarray(begin + y * width * channels);
      stretchRow(row, along, channels, stretched.subarray(y * pitch, (y + 1) * pitch));
    }
    for (let y = 0; y < rows; y++) {
      sum.fill(0);
      for (let k = 0; k < (down.counts[y] as number); k++) {
        const share = down.shares[y * down.taps + k] as number;
        const from = ((down.first[y] as number) + k) * pitch;
        for (let i = 0; i < pitch; i++) {
          sum[i] = (sum[i] as number) + share * (stretched[from + i] as number);
        }
      }
      to.set(sum, (b * rows + y) * pitch);
    }
  }
  return { data: asData(to, data), shape: [count, rows, columns, channels] };
}

function stretchRow(
  from: Uint8Array | Float32Array,
  { first, counts, shares, taps }: Weights,
  channels: number,
  to: Float32Array,
): void {
  let at = 0;
  for (let x = 0; x < first.length; x++) {
    const begin = (first[x] as number) * channels;
    const end = x * taps + (counts[x] as number);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = x * taps, i = begin + c; k < end; k++, i += channels) {
        sum += (shares[k] as number) * (from[i] as number);
      }
      to[at++] = sum;
    }
  }
}
