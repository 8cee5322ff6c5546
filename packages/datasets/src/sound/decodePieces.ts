import { MOST_SAMPLES } from './wave.js';

/** Bytes given to the decoder at a time: it cannot make too much of so few. */
const PIECE = 4096;

/** What the decoders of this family have in common. */
export interface PieceDecoder {
  decode(piece: Uint8Array): Promise<Decoded> | Decoded;
  flush(): Promise<Decoded> | Decoded;
}

interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** Decodes a file piece by piece, so that one that grows without end is met early. */
export async function decodePieces(
  decoder: PieceDecoder,
  file: Uint8Array,
): Promise<{ channels: Float32Array[]; sampleRate: number }> {
  const parts: Decoded[] = [];
  let samples = 0;
  for (let at = 0; at <= file.length; at += PIECE) {
    const last = at + PIECE > file.length;
    const pieces = [await decoder.decode(file.subarray(at, at + PIECE))];
    if (last) pieces.push(await decoder.flush());
    for (const part of pieces) {
      const [error] = part.errors;
      if (error) throw new Error(`it is damaged: ${error.message.trim()}`);
      if (part.samplesDecoded > 0) parts.push(part);
      samples += part.samplesDecoded;
      if (samples > MOST_SAMPLES) {
        throw new Error(`it must have at most ${MOST_SAMPLES} samples a channel`);
      }
    }
  }
  const [first] = parts;
  if (!first) throw new Error('it holds no sound; it is cut short or damaged');
  const { sampleRate } = first;
  const count = first.channelData.length;
  if (parts.some((part) => part.channelData.length !== count || part.sampleRate !== sampleRate)) {
    throw new Error('its format changes on the way');
  }
  const channels = Array.from({ length: count }, (_, c) => {
    const channel = new Float32Array(samples);
    let at = 0;
    for (const { channelData, samplesDecoded } of parts) {
      channel.set((channelData[c] as Float32Array).subarray(0, samplesDecoded), at);
      at += samplesDecoded;
    }
    return channel;
  });
  return { channels, sampleRate };
}
