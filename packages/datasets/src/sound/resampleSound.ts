import { show } from '../dataset.js';
import { importOptional } from '../importOptional.js';

/** Rates that the library takes, Hz, and the most that one may be of the other. */
const MOST_RATE = 192_000;
const MOST_RATIO = 256;

/** Samples of a piece before and after, at most; the library fails beyond a million. */
const PIECE = 2 ** 18;

/** Zero crossings of the library's best filter to either side, rounded up: what it hears of the neighbourhood. */
const REACH = 160;

/** Converters that are kept. */
const KEPT = 16;

type Convert = (samples: Float32Array) => Float32Array;

const converters = new Map<string, Promise<Convert>>();

/**
 * Changes the sample rate of a sound by libsamplerate's best converter: a band-limited sinc filter, with noise 130 dB or more below a
 * full tone, which leaves frequencies up to 97 % of the lower rate's half as they are and removes those
 * above that half. The first sample stays where it is.
 *
 * @param samples Float32, any length; kept.
 * @param from Hz.
 * @param to Hz.
 * @returns ⌈length · to / from⌉ samples, float32; a copy when the rates are the same. They may lie a little beyond those given.
 * @throws Error when the package `@alexanderolsen/libsamplerate-js` is not installed, RangeError when a rate is out of range.
 *
 * @example
 * ```ts
 * import { resampleSound } from '@bcl/datasets';
 *
 * const tone = Float32Array.from({ length: 4410 }, (_, i) => Math.sin((2 * Math.PI * 441 * i) / 44100));
 * const slower = await resampleSound(tone, 44100, 16000);
 * slower.length; // => 1600
 * Math.abs((slower[800] ?? 0) - Math.sin((2 * Math.PI * 441 * 800) / 16000)) < 1e-5; // => true
 * ```
 *
 * @see libsamplerate, E. de Castro Lopo, SRC_SINC_BEST_QUALITY.
 */
export async function resampleSound(
  samples: Float32Array,
  from: number,
  to: number,
): Promise<Float32Array> {
  checkRates(from, to);
  const length = Math.ceil((samples.length * to) / from);
  const resampled = new Float32Array(length);
  if (from === to) {
    resampled.set(samples);
    return resampled;
  }
  const convert = await converter(from, to);
  // Every `step` samples a new one falls on an old one, so that pieces fit together without a seam.
  const step = from / commonDivisor(from, to);
  const room = Math.min(PIECE, Math.floor((PIECE * from) / to));
  const piece = Math.max(1, Math.floor(room / step)) * step;
  const margin = Math.ceil((REACH * Math.max(1, from / to)) / step) * step;
  for (let start = 0; start < samples.length; start += piece) {
    const begin = Math.max(0, start - margin);
    const end = start + piece + margin;
    // Silence follows the end, so that the last samples come out too.
    const heard = new Float32Array(end - begin);
    heard.set(samples.subarray(begin, Math.min(end, samples.length)));
    const skip = ((start - begin) * to) / from;
    const at = (start * to) / from;
    const count = Math.min((piece * to) / from, length - at);
    resampled.set(convert(heard).subarray(skip, skip + count), at);
  }
  return resampled;
}

/** The converter for these rates, made once. */
function converter(from: number, to: number): Promise<Convert> {
  const key = `${from} ${to}`;
  let made = converters.get(key);
  if (!made) {
    made = makeConverter(from, to);
    converters.set(key, made);
    made.catch(() => converters.delete(key));
    const [oldest] = converters.keys();
    if (converters.size > KEPT && oldest !== undefined) converters.delete(oldest);
  }
  return made;
}

async function makeConverter(from: number, to: number): Promise<Convert> {
  const library = await importOptional(
    'resampleSound',
    '@alexanderolsen/libsamplerate-js',
    `changing the sample rate from ${from} to ${to} Hz`,
    () => import('@alexanderolsen/libsamplerate-js'),
  );
  // A CommonJS package: as a whole under default where Node loads it, flat where a bundler does.
  const { create, ConverterType } = library.default ?? library;
  const made = await create(1, from, to, { converterType: ConverterType.SRC_SINC_BEST_QUALITY });
  return (samples) => made.simple(samples);
}

function checkRates(from: number, to: number): void {
  for (const [name, rate] of Object.entries({ from, to })) {
    if (!Number.isInteger(rate) || rate < 1 || rate > MOST_RATE) {
      throw new RangeError(
        `resampleSound: ${name} must be a whole number of Hz from 1 to ${MOST_RATE}, got ${show(rate)}`,
      );
    }
  }
  if (Math.max(from / to, to / from) > MOST_RATIO) {
    throw new RangeError(
      `resampleSound: one rate must be at most ${MOST_RATIO} times the other, got ${from} and ${to} Hz`,
    );
  }
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
