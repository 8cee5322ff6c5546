import { importOptional } from '../importOptional.js';
import { decodePieces } from './decodePieces.js';
import { checkFormat, toMono, type Wave } from './wave.js';

/** Head of an Ogg page up to its segment table, bytes. */
const PAGE_HEAD = 27;

/** Decodes Ogg Vorbis with libvorbis as WebAssembly (`@wasm-audio-decoders/ogg-vorbis`). */
export async function decodeVorbis(caller: string, file: Uint8Array): Promise<Wave> {
  const { OggVorbisDecoder } = await importOptional(
    caller,
    '@wasm-audio-decoders/ogg-vorbis',
    'decoding Ogg Vorbis',
    () => import('@wasm-audio-decoders/ogg-vorbis'),
  );
  checkPages(file);
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  try {
    const { channels, sampleRate } = await decodePieces(decoder, file);
    checkFormat(channels.length, sampleRate, 0);
    return { samples: toMono(channels), sampleRate };
  } finally {
    decoder.free();
  }
}

/**
 * Refuses a file that lacks pages: the decoder would pass over what is missing. Each page tells its length, its checksum and
 * its number, and the last that it is the last.
 */
function checkPages(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let number = 0;
  for (let at = 0; ; number++) {
    if (at + PAGE_HEAD > file.length || view.getUint32(at) !== 0x4f676753) break;
    const segments = file.subarray(at + PAGE_HEAD, at + PAGE_HEAD + (file[at + 26] as number));
    const end = segments.reduce((sum, size) => sum + size, at + PAGE_HEAD + segments.length);
    if (end > file.length) break;
    if (view.getUint32(at + 18, true) !== number)
      throw new Error(`page ${number} is missing; it is damaged`);
    if (view.getUint32(at + 22, true) !== crc(file.subarray(at, end))) {
      throw new Error(`page ${number} is not what its checksum tells; it is damaged`);
    }
    if ((file[at + 5] as number) & 4) return;
    at = end;
  }
  throw new Error(
    `it ends after page ${number - 1}, which is not its last; it is cut short or damaged`,
  );
}

/** Ogg's checksum: polynomial 0x04c11db7, not reflected, from 0, of the page with zeros in place of the checksum. */
function crc(page: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] as number);
    sum = ((sum << 8) ^ (CRC_TABLE[(sum >>> 24) ^ byte] as number)) >>> 0;
  }
  return sum;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  return sum >>> 0;
});
