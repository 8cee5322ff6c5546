import type { View } from '../augment/change.js';
import type { ImageBatchShape, RawImages } from '../augment/images.js';
import type { PreprocessingMethod } from '../checkPreprocessing.js';
import { imageMean } from '../measure.js';

/** The constants of a preprocessing, as plain data. */
export interface Normalization {
  readonly method: PreprocessingMethod;
  /** Of each channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Some images among others of their size. */
export interface ImagePool {
  readonly data: Uint8Array | Float32Array;
  /** Which images of the data, `[B]`. */
  readonly indices: Int32Array;
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** Where a batch is written: floats for images of a shape, whatever they hold. */
export type Allocate = (shape: ImageBatchShape) => Float32Array;

export const newFloats: Allocate = ([count, height, width, channels]) =>
  new Float32Array(count * height * width * channels);

/** Values of a byte. */
const BYTES = 256;

/**
 * (x − m − mean_c) / std_c of what each view shows, m the own mean of the whole image for `bc+`, and zero where a view shows
 * nothing: normalising, flipping and cropping in one reading. Without constants values stay as they are.
 *
 * Bytes go through a table of the 256 results of each channel, floats through the formula; both are rounded once, to float32.
 *
 * @param views One for each of the images, all of one size; without them each image is shown whole.
 * @param allocate Where to; new memory by default.
 */
export function normalizeImages(
  { data, indices, shape }: ImagePool,
  normalization: Normalization | undefined,
  views?: readonly View[],
  allocate: Allocate = newFloats,
): RawImages<Float32Array> {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const rows = views?.[0]?.height ?? height;
  const columns = views?.[0]?.width ?? width;
  const batch = [indices.length, rows, columns, channels] as const;
  const to = allocate(batch);
  const shifts = new Float64Array(channels);
  const stds = Float64Array.from({ length: channels }, (_, c) => normalization?.std[c] ?? 1);
  // A table pays where it is shorter than the image.
  const table =
    data instanceof Uint8Array && height * width > BYTES
      ? new Float32Array(BYTES * channels)
      : undefined;
  const ownMean = normalization?.method === 'bc+';
  let view: View = { ...WHOLE, height, width, y1: height, x1: width };
  for (let b = 0; b < indices.length; b++) {
    const start = (indices[b] as number) * size;
    if (b === 0 || ownMean) {
      const own = ownMean ? imageMean(data, start, size) : 0;
      for (let c = 0; c < channels; c++) shifts[c] = own + (normalization?.mean[c] ?? 0);
      if (table) fillTable(table, shifts, stds);
    }
    if (views) view = views[b] as View;
    const at = b * rows * columns * channels;
    if (!showsAll(view)) to.fill(0, at, at + rows * columns * channels);
    if (table) lookUp(data as Uint8Array, start, width, channels, table, view, to, at);
    else calculate(data, start, width, channels, shifts, stds, view, to, at);
  }
  return { data: to, shape: batch };
}

function showsAll({ height, width, y0, y1, x0, x1 }: View): boolean {
  return y0 === 0 && x0 === 0 && y1 === height && x1 === width;
}

const WHOLE = { image: 0, top: 0, left: 0, step: 1, y0: 0, x0: 0 } as const;

function fillTable(table: Float32Array, shifts: Float64Array, stds: Float64Array): void {
  for (let c = 0; c < shifts.length; c++) {
    const shift = shifts[c] as number;
    const std = stds[c] as number;
    for (let v = 0; v < BYTES; v++) table[c * BYTES + v] = (v - shift) / std;
  }
}

function lookUp(
  data: Uint8Array,
  start: number,
  width: number,
  channels: number,
  table: Float32Array,
  { top, left, step, width: columns, y0, y1, x0, x1 }: View,
  to: Float32Array,
  at: number,
): void {
  const move = step * channels;
  for (let y = y0; y < y1; y++) {
    let from = start + ((top + y) * width + left + step * x0) * channels;
    let i = at + (y * columns + x0) * channels;
    const end = at + (y * columns + x1) * channels;
    if (channels === 3) {
      // The usual case, three times as fast as the loop below.
      for (; i < end; i += 3, from += move) {
        to[i] = table[data[from] as number] as number;
        to[i + 1] = table[BYTES + (data[from + 1] as number)] as number;
        to[i + 2] = table[2 * BYTES + (data[from + 2] as number)] as number;
      }
      continue;
    }
    for (; i < end; i += channels, from += move) {
      for (let c = 0; c < channels; c++) {
        to[i + c] = table[c * BYTES + (data[from + c] as number)] as number;
      }
    }
  }
}

function calculate(
  data: Uint8Array | Float32Array,
  start: number,
  width: number,
  channels: number,
  shifts: Float64Array,
  stds: Float64Array,
  { top, left, step, width: columns, y0, y1, x0, x1 }: View,
  to: Float32Array,
  at: number,
): void {
  const [red = 0, green = 0, blue = 0] = shifts;
  const [redStd = 1, greenStd = 1, blueStd = 1] = stds;
  for (let y = y0; y < y1; y++) {
    let from = start + ((top + y) * width + left + step * x0) * channels;
    let i = at + (y * columns + x0) * channels;
    if (channels === 3) {
      for (let x = x0; x < x1; x++, from += 3 * step, i += 3) {
        to[i] = ((data[from] as number) - red) / redStd;
        to[i + 1] = ((data[from + 1] as number) - green) / greenStd;
        to[i + 2] = ((data[from + 2] as number) - blue) / blueStd;
      }
      continue;
    }
    for (let x = x0; x < x1; x++, from += step * channels, i += channels) {
      for (let c = 0; c < channels; c++) {
        to[i + c] = ((data[from + c] as number) - (shifts[c] as number)) / (stds[c] as number);
      }
    }
  }
}
