import type { Normalization } from '../batches/normalizeImages.js';
import type { Dataset } from '../dataset.js';
import { imageMean } from '../measure.js';

/** Values of a byte. */
export const BYTES = 256;

/** What bytes become, as numbers to look up and take from each other. */
export interface ValueTables {
  /** `[P, C · 256]`: of each channel what each byte becomes, in one part; or in two, of which the second is the rest of the first. */
  readonly table: Float32Array;
  /** Where there are two: what is taken from them for each image, `[N, 2, C]`. */
  readonly shifts?: Float32Array;
}

/**
 * (x − m − mean_c) / std_c without any division on the device. Where m is 0 the table is that formula, calculated in float64 and rounded
 * once. For `bc+`, where every image has an m of its own, table and m / std_c are split into whole multiples of a power of two, whose
 * differences are exact in float32, and rests:
 *
 *     y = (table₁ − shift₁) + (table₂ − shift₂)
 *
 * which is off by no more than 2⁻⁴⁷ of the largest value before it is rounded.
 */
export function valueTables(
  { images, shape }: Dataset,
  normalization: Normalization | undefined,
): ValueTables {
  const [height, width, channels] = shape;
  const entries = BYTES * channels;
  const stds = Float64Array.from({ length: channels }, (_, c) => normalization?.std[c] ?? 1);
  const means = Float64Array.from({ length: channels }, (_, c) => normalization?.mean[c] ?? 0);
  const values = Float64Array.from({ length: entries }, (_, i) => {
    const c = Math.floor(i / BYTES);
    return ((i % BYTES) - (means[c] as number)) / (stds[c] as number);
  });
  if (normalization?.method !== 'bc+') return { table: Float32Array.from(values) };

  // So fine that 24 bits hold what any two multiples differ by.
  const units = stds.map(
    (std, c) => 2 ** (Math.ceil(Math.log2((BYTES + Math.abs(means[c] as number)) / std)) - 24),
  );
  const table = new Float32Array(2 * entries);
  for (let i = 0; i < entries; i++) {
    split(values[i] as number, units[Math.floor(i / BYTES)] as number, table, i, entries);
  }
  const size = height * width * channels;
  const shifts = new Float32Array((images.length / size) * 2 * channels);
  for (let start = 0, at = 0; start < images.length; start += size, at += 2 * channels) {
    const own = imageMean(images, start, size);
    for (let c = 0; c < channels; c++) {
      split(own / (stds[c] as number), units[c] as number, shifts, at + c, channels);
    }
  }
  return { table, shifts };
}

/** Writes the nearest multiple of `unit`, and the rest `apart` places further. */
function split(value: number, unit: number, to: Float32Array, at: number, apart: number): void {
  const whole = Math.round(value / unit) * unit;
  to[at] = whole;
  to[at + apart] = value - whole;
}
