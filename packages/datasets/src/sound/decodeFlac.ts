import { createHash } from 'node:crypto';
import { importOptional } from '../importOptional.js';
import { decodePieces } from './decodePieces.js';
import { checkFormat, toMono, type Wave } from './wave.js';

interface StreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** Samples a channel, 0 if not told. */
  readonly samples: number;
  /** MD5 of the sound, zeros if not told. */
  readonly md5: Buffer;
}

/**
 * Decodes FLAC, by itself or in Ogg, with libFLAC as WebAssembly (`@wasm-audio-decoders/flac`), and checks the sound by the
 * MD5 that the file carries.
 */
export async function decodeFlac(caller: string, file: Uint8Array): Promise<Wave> {
  const { FLACDecoder } = await importOptional(
    caller,
    '@wasm-audio-decoders/flac',
    'decoding FLAC',
    () => import('@wasm-audio-decoders/flac'),
  );
  const info = readStreamInfo(file);
  checkFormat(info.channels, info.sampleRate, info.samples);
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    const { channels, sampleRate } = await decodePieces(decoder, file);
    const [{ length } = { length: 0 }] = channels;
    if (channels.length !== info.channels || sampleRate !== info.sampleRate) {
      throw new Error('its frames are not of the format that its head tells; it is damaged');
    }
    if (info.samples !== 0 && length !== info.samples) {
      throw new Error(
        `it tells of ${info.samples} samples and holds ${length}; it is cut short or damaged`,
      );
    }
    // The decoder gives n / (2^(bits − 1) − 1).
    const most = 2 ** (info.bits - 1) - 1;
    const whole = channels.map((channel) => Int32Array.from(channel, (x) => Math.round(x * most)));
    if (info.md5.some((byte) => byte !== 0) && !md5(whole, info.bits).equals(info.md5)) {
      throw new Error('its sound is not what its checksum tells; it is damaged');
    }
    return {
      samples: toMono(whole.map((channel) => Float32Array.from(channel, (n) => n / (most + 1)))),
      sampleRate,
    };
  } finally {
    decoder.free();
  }
}

/** The block STREAMINFO, which comes first: after `fLaC`, in Ogg on the first page. */
function readStreamInfo(file: Uint8Array): StreamInfo {
  const bytes = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, 1024));
  const at = bytes.indexOf('fLaC') + 8;
  if (at < 8 || at + 34 > bytes.length)
    throw new Error('it has no STREAMINFO; it is cut short or damaged');
  const packed = bytes.readUInt32BE(at + 10);
  return {
    sampleRate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
    samples: (packed & 15) * 2 ** 32 + bytes.readUInt32BE(at + 14),
    md5: bytes.subarray(at + 18, at + 34),
  };
}

/** Of the samples in turn, channel by channel, in as few whole bytes as they need, the lowest first. */
function md5(channels: readonly Int32Array[], bits: number): Buffer {
  const width = Math.ceil(bits / 8);
  const [{ length } = { length: 0 }] = channels;
  const bytes = Buffer.alloc(length * channels.length * width);
  let at = 0;
  for (let i = 0; i < length; i++) {
    for (const channel of channels) {
      const sample = channel[i] as number;
      for (let b = 0; b < width; b++) bytes[at++] = (sample >> (8 * b)) & 255;
    }
  }
  return createHash('md5').update(bytes).digest();
}
