import { decodeFlac } from './decodeFlac.js';
import { decodeVorbis } from './decodeVorbis.js';
import { decodeWav } from './decodeWav.js';
import type { Wave } from './wave.js';

/** What is in an Ogg file stands in its first packet, after the head of a page. */
const OGG_KINDS: readonly [mark: string, decode: typeof decodeFlac][] = [
  ['\x7fFLAC', decodeFlac],
  ['\x01vorbis', decodeVorbis],
];

/**
 * Decodes a file by what it begins with: WAV, FLAC, and Ogg with Vorbis or FLAC in it.
 *
 * @param where What a message calls the file.
 * @throws Error when it is none of these, or damaged.
 */
export async function decodeSound(caller: string, where: string, file: Uint8Array): Promise<Wave> {
  try {
    const { samples, sampleRate } = await decode(caller, file);
    if (samples.length === 0) throw new Error('it holds no sound');
    const strange = samples.find((sample) => !Number.isFinite(sample));
    if (strange !== undefined) throw new Error(`its samples must be finite, got ${strange}`);
    return { samples, sampleRate };
  } catch (cause) {
    const { message } = cause as Error;
    // What says which package is missing is said once.
    if (message.startsWith(`${caller}: `)) throw cause;
    throw new Error(`${caller}: cannot read ${where}: ${message}`, { cause });
  }
}

function decode(caller: string, file: Uint8Array): Promise<Wave> {
  const head = Buffer.from(file.subarray(0, 64)).toString('latin1');
  if (head.startsWith('RIFF') && head.startsWith('WAVE', 8)) return decodeWav(file);
  if (head.startsWith('fLaC')) return decodeFlac(caller, file);
  const kind = head.startsWith('OggS') && OGG_KINDS.find(([mark]) => head.includes(mark));
  if (kind) return kind[1](caller, file);
  throw new Error('it must be a WAV, FLAC or Ogg Vorbis file by its first bytes');
}
