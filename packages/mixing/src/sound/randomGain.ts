import type { Random } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from '../checks.js';

export interface RandomGainOptions {
  readonly random: Random;
  /** At most so much louder or softer, dB. Default 6, the authors'. */
  readonly maxDb?: number;
}

/** How much louder each sound gets. */
export interface RandomGainPlan {
  /** dB, `[B]`. */
  readonly db: Float32Array;
}

/** Sounds as a tensor `[B, T]`, or as arrays, each as long as it is. */
export type SoundBatch = tf.Tensor2D | readonly Float32Array[];

/**
 * Makes each sound louder or softer, by a gain uniform from −`maxDb` to `maxDb`. The authors do so
 * last, after the mix.
 *
 * @param sounds `[B, T]`, or one array a sound; kept. Nothing is clipped.
 * @returns As they came: a tensor owned by the caller, or new arrays.
 * @throws RangeError when `maxDb` is negative or the sounds are no batch.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { applyRandomGain, randomGain } from '@bcl/mixing';
 * import { createRandom } from '@bcl/random';
 *
 * const sounds = tf.tensor2d([[1, -1], [2, 4]]);
 * applyRandomGain(sounds, { db: Float32Array.of(20, 0) }).dataSync(); // => [10, -10, 2, 4]
 * randomGain(sounds, { random: createRandom(1) }).shape; // => [2, 2]
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_sound, utils.py.
 */
export function randomGain<T extends SoundBatch>(sounds: T, options: RandomGainOptions): T {
  checkBatch('randomGain', sounds);
  return applyRandomGain(sounds, drawRandomGain(countOf(sounds), options));
}

/** Draws for `count` sounds the gain of each, one number each. */
export function drawRandomGain(
  count: number,
  { random, maxDb = 6 }: RandomGainOptions,
): RandomGainPlan {
  if (!(maxDb >= 0 && maxDb < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`drawRandomGain: maxDb must be 0 or more, got ${maxDb}`);
  }
  return { db: Float32Array.from({ length: count }, () => maxDb * (2 * random() - 1)) };
}

/** Multiplies each sound by 10^(dB / 20). */
export function applyRandomGain<T extends SoundBatch>(sounds: T, { db }: RandomGainPlan): T {
  checkBatch('applyRandomGain', sounds);
  if (db.length !== countOf(sounds)) {
    throw new RangeError(
      `applyRandomGain: the plan is for ${db.length} sounds, got ${countOf(sounds)}; draw one for this batch`,
    );
  }
  const factors = db.map((d) => 10 ** (d / 20));
  if (isTensor(sounds)) {
    return tf.tidy(() => tf.mul(sounds, tf.tensor2d(factors, [db.length, 1]))) as T;
  }
  return sounds.map((sound, b) => sound.map((x) => x * (factors[b] as number))) as SoundBatch as T;
}

function countOf(sounds: SoundBatch): number {
  return isTensor(sounds) ? sounds.shape[0] : sounds.length;
}

function isTensor(sounds: SoundBatch): sounds is tf.Tensor2D {
  return 'rank' in sounds;
}

function checkBatch(name: string, sounds: SoundBatch): void {
  if (isTensor(sounds) && sounds.rank !== 2) {
    throw new RangeError(
      `${name}: sounds must be a batch, [B, T], got ${shapeText(sounds)}; one sound becomes one with tf.expandDims(x, 0)`,
    );
  }
}
