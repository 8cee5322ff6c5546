import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from '../checks.js';
import { frameLength } from './frameLength.js';
import { weightedPower } from './weightedPower.js';

/** What a level measures: power as the ear weighs it, or plain power. */
export type SoundGain = 'A_weighting' | 'RMSE';

export interface SoundLevelOptions {
  /** Samples in a second, Hz. */
  readonly sampleRate: number;
  /** Default `'A_weighting'`. */
  readonly gain?: SoundGain;
}

/** Power of silence, −80 dB; utils.py of the authors' code. */
const FLOOR = 1e-8;

/** Power of each frame of each sound, `[B, frames]`: whole frames, each half a frame after the last. */
export function framePower(
  x: tf.Tensor2D,
  { sampleRate, gain = 'A_weighting' }: SoundLevelOptions,
): tf.Tensor2D {
  return tf.tidy(() => {
    const frames = framesOf(x, frameLength('framePower', sampleRate));
    const [count, perSound, length] = frames.shape;
    const rows = tf.reshape<tf.Rank.R2>(frames, [count * perSound, length]);
    const power =
      gain === 'RMSE' ? tf.mean<tf.Tensor2D>(tf.square(rows), 1) : weightedPower(rows, sampleRate);
    return tf.maximum(tf.reshape<tf.Rank.R2>(power, [count, perSound]), FLOOR);
  });
}

/** `[B, frames, length]`: each frame is two halves, and its second half is the next one's first. */
function framesOf(x: tf.Tensor2D, length: number): tf.Tensor3D {
  const [count, samples] = x.shape;
  const halves = Math.floor(samples / (length / 2));
  const whole = tf.slice(x, [0, 0], [count, (halves * length) / 2]);
  const each = tf.reshape<tf.Rank.R3>(whole, [count, halves, length / 2]);
  const from = (start: number) => tf.slice(each, [0, start, 0], [count, halves - 1, length / 2]);
  return tf.concat([from(0), from(1)], 2);
}

/** Refuses what has no level: no batch of float sounds, too short a sound, an unknown measure. */
export function checkSounds(
  name: string,
  x: tf.Tensor,
  { sampleRate, gain = 'A_weighting' }: SoundLevelOptions,
): void {
  if (x.rank !== 2 || x.shape[0] === 0) {
    throw new RangeError(
      `${name}: sounds must be a batch, [B, T], got ${shapeText(x)}; one sound becomes one with tf.expandDims(x, 0)`,
    );
  }
  if (x.dtype !== 'float32') {
    throw new TypeError(
      `${name}: sounds must be float32 in -1..1, got ${x.dtype}; divide 16-bit samples by 32768`,
    );
  }
  if (gain !== 'A_weighting' && gain !== 'RMSE') {
    throw new RangeError(`${name}: gain must be 'A_weighting' or 'RMSE', got '${gain}'`);
  }
  const length = frameLength(name, sampleRate);
  const samples = x.shape[1] as number;
  if (samples < length) {
    throw new RangeError(
      `${name}: a sound must fill a frame, ${length} samples at ${sampleRate} Hz, got ${samples}; pad it with zeros, as padSound does`,
    );
  }
}
