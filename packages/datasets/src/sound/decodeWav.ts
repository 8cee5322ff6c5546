import { checkFormat, toMono, type Wave } from './wave.js';

/** Ways of coding that a `fmt ` chunk names. */
const PCM = 1;
const MS_ADPCM = 2;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const IMA_ADPCM = 0x11;
/** The way follows further on. */
const EXTENSIBLE = 0xfffe;

/** A data chunk of this size goes on to the end: whoever wrote it could not go back to say. */
const UNKNOWN_SIZE = 0xffffffff;

interface Format {
  readonly code: number;
  readonly channels: number;
  readonly sampleRate: number;
  /** Bytes of one sample of all channels, or of a block that is coded together. */
  readonly blockAlign: number;
  readonly bits: number;
  /** The chunk itself. */
  readonly chunk: Uint8Array;
}

/**
 * Decodes a RIFF/WAVE file: whole numbers of 8, 16, 24 and 32 bits and floats of 32 and 64, and by
 * `@audio/decode-wav` the compressed kinds that UrbanSound8K has some of, A-law, µ-law and ADPCM (IMA and Microsoft).
 * Samples of 16 bits come out exact.
 */
export async function decodeWav(file: Uint8Array): Promise<Wave> {
  const { format, data } = findChunks(file);
  const { code, channels, sampleRate, blockAlign, bits } = format;
  checkFormat(channels, sampleRate, blockAlign === 0 ? 0 : data.length / blockAlign);
  if (code !== PCM && code !== FLOAT) return decodeCompressed(format, data);
  const bytes = bits / 8;
  const read = SAMPLES[code]?.[bits];
  if (!read) throw new Error(`samples of ${bits} bits of this kind (${code}) are not known`);
  if (blockAlign !== channels * bytes) {
    throw new Error(
      `${channels} channels of ${bits} bits take ${channels * bytes} bytes, got ${blockAlign}`,
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const count = Math.floor(data.length / blockAlign);
  const separate = Array.from({ length: channels }, (_, c) => {
    const samples = new Float32Array(count);
    for (let i = 0, at = c * bytes; i < count; i++, at += blockAlign) samples[i] = read(view, at);
    return samples;
  });
  return { samples: toMono(separate), sampleRate };
}

type ReadSample = (view: DataView, at: number) => number;

/** Samples by way of coding and bits. */
const SAMPLES: Readonly<Record<number, Readonly<Record<number, ReadSample>>>> = {
  [PCM]: {
    8: (view, at) => (view.getUint8(at) - 128) / 128,
    16: (view, at) => view.getInt16(at, true) / 32768,
    24: (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 8388608,
    32: (view, at) => view.getInt32(at, true) / 2147483648,
  },
  [FLOAT]: {
    32: (view, at) => view.getFloat32(at, true),
    64: (view, at) => view.getFloat64(at, true),
  },
};

/** Finds the format and the sound among the chunks, each of which fills an even number of bytes. */
function findChunks(file: Uint8Array): { format: Format; data: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let format: Format | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = Buffer.from(file.subarray(at, at + 4)).toString('latin1');
    const size = view.getUint32(at + 4, true);
    const from = at + 8;
    const left = file.length - from;
    if (name === 'data') {
      if (!format) throw new Error('its sound comes before its format');
      if (size !== UNKNOWN_SIZE && size > left) {
        throw new Error(`it claims ${size} bytes of sound and holds ${left}; it was cut short`);
      }
      return { format, data: file.subarray(from, from + Math.min(size, left)) };
    }
    if (size > left) break;
    if (name === 'fmt ') format = readFormat(file.subarray(from, from + size));
    at = from + size + (size % 2);
  }
  throw new Error(format ? 'it holds no sound; it was cut short' : 'it holds no format');
}

function readFormat(chunk: Uint8Array): Format {
  if (chunk.length < 16)
    throw new Error(`its format takes ${chunk.length} bytes, at least 16 are needed`);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const named = view.getUint16(0, true);
  // The number is the first of the 16 bytes that name the kind.
  const code = named === EXTENSIBLE && chunk.length >= 26 ? view.getUint16(24, true) : named;
  return {
    code,
    channels: view.getUint16(2, true),
    sampleRate: view.getUint32(4, true),
    blockAlign: view.getUint16(12, true),
    bits: view.getUint16(14, true),
    chunk,
  };
}

/** Decodes a file of this chunk and this sound alone, so that nothing else of the file is left to believe. */
async function decodeCompressed(format: Format, data: Uint8Array): Promise<Wave> {
  checkCompressed(format);
  const { chunk } = format;
  const head = (name: string, size: number) => {
    const bytes = Buffer.alloc(8);
    bytes.write(name, 'latin1');
    bytes.writeUInt32LE(size, 4);
    return bytes;
  };
  const even = chunk.length - (chunk.length % 2);
  const plain = Buffer.concat([
    head('RIFF', 4 + 8 + even + 8 + data.length),
    Buffer.from('WAVE'),
    head('fmt ', even),
    chunk.subarray(0, even),
    head('data', data.length),
    data,
  ]);
  const { default: decode } = await import('@audio/decode-wav');
  const { channelData, sampleRate } = decode(plain);
  return { samples: toMono(channelData), sampleRate };
}

/** Refuses formats whose numbers contradict each other, which the decoder would take memory for. */
function checkCompressed({ code, channels, blockAlign, bits, chunk }: Format): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  if (code === A_LAW || code === MU_LAW) {
    if (bits === 8 && blockAlign === channels) return;
    throw new Error(
      `A-law and µ-law take a byte a sample, got ${bits} bits in blocks of ${blockAlign}`,
    );
  }
  if (code !== IMA_ADPCM && code !== MS_ADPCM)
    throw new Error(`this kind of wav (${code}) is not known`);
  // The head of a block: of each channel four bytes, one sample in them, or seven, with two.
  const [head, samples] = code === IMA_ADPCM ? [4, 1] : [7, 2];
  const most = samples + (2 * (blockAlign - head * channels)) / channels;
  const claimed = chunk.length >= 20 ? view.getUint16(18, true) : 0;
  if (bits !== 4 || most < samples || claimed === 0 || claimed > most) {
    throw new Error(
      `blocks of ${blockAlign} bytes hold at most ${Math.floor(most)} samples of ${channels} channels, got ${claimed}, of ${bits} bits`,
    );
  }
  const table = code === MS_ADPCM && chunk.length >= 22 ? 22 + 4 * view.getUint16(20, true) : 20;
  if (table > chunk.length) throw new Error('its format ends before its coefficients');
}
