import { type Random, uniformInt } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from '../checks.js';

export interface RandomCropOptions {
  readonly random: Random;
  /** Samples to keep. */
  readonly length: number;
}

/** Which part of each sound is kept. */
export interface RandomCropPlan {
  /** Samples to keep. */
  readonly length: number;
  /** The first sample kept of each sound, `[B]`. */
  readonly start: Int32Array;
}

/**
 * Keeps a part of each sound, at a random place, every place as likely as the others.
 *
 * @param sounds One sound as samples, or a batch, `[B, T]`, of which each gets a place of its own;
 * kept.
 * @returns `length` samples, or `[B, length]`, owned by the caller.
 * @throws RangeError when a sound is shorter than `length`.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { randomCrop } from '@bcl/mixing';
 *
 * randomCrop([1, 2, 3, 4], { length: 2, random: () => 0.5 }); // => [2, 3]
 * randomCrop(tf.tensor2d([[1, 2], [3, 4]]), { length: 1, random: () => 0.9 }).dataSync(); // => [2, 4]
 * ```
 */
export function randomCrop(sounds: tf.Tensor2D, options: RandomCropOptions): tf.Tensor2D;
export function randomCrop(sounds: ArrayLike<number>, options: RandomCropOptions): Float32Array;
export function randomCrop(
  sounds: ArrayLike<number> | tf.Tensor2D,
  options: RandomCropOptions,
): Float32Array | tf.Tensor2D {
  if (sounds instanceof tf.Tensor) {
    checkBatch('randomCrop', sounds);
    return applyRandomCrop(sounds, drawRandomCrop(...sounds.shape, options));
  }
  return applyRandomCrop(sounds, drawRandomCrop(1, sounds.length, options));
}

/** Draws for `count` sounds of so many samples where each crop starts, one number each. */
export function drawRandomCrop(
  count: number,
  samples: number,
  { random, length }: RandomCropOptions,
): RandomCropPlan {
  checkLength('drawRandomCrop', length, samples);
  const places = samples - length + 1;
  return { length, start: Int32Array.from({ length: count }, () => uniformInt(random, places)) };
}

/** Crops as the plan says: one sound, or a batch of as many as the plan was drawn for. */
export function applyRandomCrop(sounds: tf.Tensor2D, plan: RandomCropPlan): tf.Tensor2D;
export function applyRandomCrop(sounds: ArrayLike<number>, plan: RandomCropPlan): Float32Array;
export function applyRandomCrop(
  sounds: ArrayLike<number> | tf.Tensor2D,
  { length, start }: RandomCropPlan,
): Float32Array | tf.Tensor2D {
  const batch = sounds instanceof tf.Tensor;
  if (batch) checkBatch('applyRandomCrop', sounds);
  const [count, samples] = batch ? sounds.shape : [1, sounds.length];
  if (start.length !== count) {
    throw new RangeError(
      `applyRandomCrop: the plan is for ${start.length} sounds, got ${count}; draw one for this batch`,
    );
  }
  checkLength('applyRandomCrop', length, samples);
  const stray = start.find((at) => !(at >= 0 && at + length <= samples));
  if (stray !== undefined) {
    throw new RangeError(
      `applyRandomCrop: start must be 0..${samples - length} for ${length} of ${samples} samples, got ${stray}`,
    );
  }
  if (!batch)
    return Float32Array.from({ length }, (_, i) => sounds[(start[0] as number) + i] as number);
  return tf.tidy(() =>
    tf.concat(Array.from(start, (at, b) => tf.slice(sounds, [b, at], [1, length]))),
  );
}

/** Refuses a length that is none, or longer than the sound. */
export function checkLength(name: string, length: number, samples: number): void {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`${name}: length must be a positive integer, got ${length}`);
  }
  if (samples < length) {
    throw new RangeError(
      `${name}: a sound must have at least ${length} samples, got ${samples}; pad it with padSound`,
    );
  }
}

function checkBatch(name: string, sounds: tf.Tensor): void {
  if (sounds.rank !== 2 || sounds.shape[0] === 0) {
    throw new RangeError(
      `${name}: sounds must be [B, T] or one sound as an array, got ${shapeText(sounds)}`,
    );
  }
}
