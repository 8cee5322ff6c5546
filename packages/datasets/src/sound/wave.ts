/** A decoded sound, one channel. */
export interface Wave {
  /** Samples, −1..1; those of 16 bits are exact multiples of 1 / 32768. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
}

/** Samples a channel may hold: 25 minutes at 44.1 kHz. More is no clip of a data set, or a decompression bomb. */
export const MOST_SAMPLES: number = 2 ** 26;

/** Sample rates that there are, Hz, and that can be resampled. */
const RATES = [1000, 192_000] as const;

/** Channels a sound may have. */
const MOST_CHANNELS = 32;

/** Refuses what a header claims and no clip has. */
export function checkFormat(channels: number, sampleRate: number, samples: number): void {
  if (!(channels >= 1 && channels <= MOST_CHANNELS)) {
    throw new Error(`it must have 1 to ${MOST_CHANNELS} channels, got ${channels}`);
  }
  if (!(sampleRate >= RATES[0] && sampleRate <= RATES[1])) {
    throw new Error(`its sample rate must be ${RATES[0]} to ${RATES[1]} Hz, got ${sampleRate}`);
  }
  if (samples > MOST_SAMPLES) {
    throw new Error(`it must have at most ${MOST_SAMPLES} samples a channel, got ${samples}`);
  }
}

/** The mean of the channels. */
export function toMono(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0)] = channels;
  if (channels.length === 1) return first;
  return Float32Array.from(first, (_, i) => {
    let sum = 0;
    for (const channel of channels) sum += channel[i] as number;
    return sum / channels.length;
  });
}
