import { readFile, stat } from 'node:fs/promises';
import { show } from '../dataset.js';
import { decodeSound } from './decodeSound.js';
import { resampleSound } from './resampleSound.js';

export interface ReadSoundOptions {
  /** Hz to resample to, by {@link resampleSound}. Default the file's own. */
  readonly sampleRate?: number;
}

/** A sound as data sets hold it. */
export interface Sound {
  /** One channel of 16-bit samples; {@link toWave} gives them as −1..1. */
  readonly samples: Int16Array;
  /** Hz. */
  readonly sampleRate: number;
}

/** Larger files are no clips; bytes. */
const MOST_BYTES = 2 ** 29;

/**
 * Reads a WAV, FLAC or Ogg Vorbis file, known by its first bytes. Channels are averaged. A 16-bit sound of one channel comes
 * out exact at its own rate; what is finer, or between two samples, is rounded, and what lies beyond 16 bits is clipped.
 *
 * WAV needs nothing further; FLAC needs the package `@wasm-audio-decoders/flac`, Ogg Vorbis
 * `@wasm-audio-decoders/ogg-vorbis` and another sample rate `@alexanderolsen/libsamplerate-js`.
 *
 * @throws Error when the file is missing, damaged or of another kind, or the package that it needs is not installed.
 *
 * @example
 * ```js
 * const { samples, sampleRate } = await readSound('rain.ogg', { sampleRate: 16000 });
 * ```
 */
export async function readSound(path: string, options: ReadSoundOptions = {}): Promise<Sound> {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError(`readSound: path must be that of a file, got ${show(path)}`);
  }
  return readClip('readSound', path, options);
}

/** The same for another function, which begins the messages. */
export async function readClip(
  caller: string,
  path: string,
  { sampleRate: wanted }: ReadSoundOptions,
): Promise<Sound> {
  const { samples, sampleRate } = await decodeSound(caller, path, await readSmall(caller, path));
  if (wanted === undefined || wanted === sampleRate) {
    return { samples: toInt16(samples), sampleRate };
  }
  return { samples: toInt16(await resampleSound(samples, sampleRate, wanted)), sampleRate: wanted };
}

async function readSmall(caller: string, path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, more than ${MOST_BYTES}`);
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${caller}: cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Rounds and clips −1..1 to 16 bits. */
function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (x) => Math.max(-32768, Math.min(32767, Math.round(32768 * x))));
}
