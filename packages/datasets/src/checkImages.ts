import type { PreprocessingMethod } from './checkPreprocessing.js';

/** Largest mean of an image that lost its own, grey levels: float32 leaves less than a hundredth of it. */
const MEAN_TOLERANCE = 0.1;

/** How far beyond the possible values noise or resizing may reach, grey levels. */
const RANGE_TOLERANCE = 128;

/** How near to a whole number a byte lies after it was scaled in float32 and back. */
const WHOLE_TOLERANCE = 0.01;

/** So many different bytes do not fit another scale by chance. */
const ENOUGH_BYTES = 16;

/** What people feed instead: each turns a value into the byte that it was. */
const RAW: readonly { name: string; toByte: (x: number) => number }[] = [
  { name: '0..255', toByte: (x) => x },
  { name: '0..1', toByte: (x) => 255 * x },
  { name: '-1..1', toByte: (x) => 127.5 * (x + 1) },
];

/** What images were preprocessed with. */
interface Constants {
  readonly method: PreprocessingMethod;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** The test of `Preprocessing.check` on values read back. */
export function checkImages(constants: Constants, xs: ArrayLike<number>): void {
  const { method, mean, std, shape } = constants;
  const channels = shape[2];
  const pixels = shape[0] * shape[1] * channels;
  const undo = (i: number) =>
    (xs[i] as number) * (std[i % channels] as number) + (mean[i % channels] as number);

  checkFinite(xs, pixels);
  const raw = looksRaw(xs, undo);
  if (raw) {
    throw new RangeError(
      `Preprocessing.check: images must be preprocessed for ${method}, got raw values ${raw}; pass bytes 0..255 through preprocessing.apply`,
    );
  }
  if (method === 'bc+') checkZeroMean(xs, pixels, undo);
  const low = method === 'bc+' ? -255 : 0;
  for (let i = 0; i < xs.length; i++) {
    const value = undo(i);
    if (value >= low - RANGE_TOLERANCE && value <= 255 + RANGE_TOLERANCE) continue;
    throw new RangeError(
      `Preprocessing.check: images must be preprocessed for ${method}, got ${(xs[i] as number).toPrecision(4)}, which stands for grey level ${value.toFixed(0)}, beyond ${low}..255; pass bytes 0..255 through preprocessing.apply, once`,
    );
  }
}

function checkFinite(xs: ArrayLike<number>, pixels: number): void {
  const images = xs.length / pixels;
  let first: number | undefined;
  let bad = 0;
  for (let image = 0; image < images; image++) {
    for (let i = image * pixels; i < (image + 1) * pixels; i++) {
      if (Number.isFinite(xs[i])) continue;
      first ??= xs[i];
      bad++;
      break;
    }
  }
  if (bad > 0) {
    throw new RangeError(
      `Preprocessing.check: images must be finite, got ${first} in ${bad} of ${images} images`,
    );
  }
}

/** The raw scale that the values fit, when they are no preprocessed bytes but fit one exactly. */
function looksRaw(xs: ArrayLike<number>, undo: (i: number) => number): string | undefined {
  if (every(xs.length, (i) => isByte(undo(i)))) return undefined;
  return RAW.find(({ toByte }) => {
    const seen = new Set<number>();
    return (
      every(xs.length, (i) => {
        const byte = toByte(xs[i] as number);
        if (seen.size < ENOUGH_BYTES) seen.add(Math.round(byte));
        return isByte(byte);
      }) && seen.size >= ENOUGH_BYTES
    );
  })?.name;
}

function isByte(x: number): boolean {
  const whole = Math.round(x);
  return whole >= 0 && whole <= 255 && Math.abs(x - whole) < WHOLE_TOLERANCE;
}

function every(count: number, holds: (i: number) => boolean): boolean {
  for (let i = 0; i < count; i++) if (!holds(i)) return false;
  return true;
}

/** Refuses images whose mean, in grey levels, is not 0. */
function checkZeroMean(xs: ArrayLike<number>, pixels: number, undo: (i: number) => number): void {
  const images = xs.length / pixels;
  let kept = 0;
  let largest = 0;
  for (let image = 0; image < images; image++) {
    let sum = 0;
    for (let i = image * pixels; i < (image + 1) * pixels; i++) sum += undo(i);
    const mean = sum / pixels;
    if (Math.abs(mean) > MEAN_TOLERANCE) kept++;
    if (Math.abs(mean) > Math.abs(largest)) largest = mean;
  }
  if (kept > 0) {
    throw new RangeError(
      `Preprocessing.check: bc+ wants images that lost their own mean, got ${kept} of ${images} that kept one, up to ${largest.toFixed(1)} grey levels; pass bytes 0..255 through preprocessing.apply of the model's own preprocessing`,
    );
  }
}
