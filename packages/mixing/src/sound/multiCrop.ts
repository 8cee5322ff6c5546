import * as tf from '@tensorflow/tfjs-core';
import { checkLength } from './randomCrop.js';

export interface MultiCropOptions {
  /** Samples in each crop. */
  readonly length: number;
  /** How many crops. Default 10, the authors'. */
  readonly crops?: number;
}

/**
 * Cuts one sound into crops at even distances, the first at its beginning: how a network that takes
 * `length` samples is tested on a longer sound. Average its probabilities, after the softmax, over
 * the crops. The authors pad by half the length first, with {@link padSound}.
 *
 * @param sound Samples; kept.
 * @returns `[crops, length]`, owned by the caller.
 * @throws RangeError when the sound is shorter than `length`.
 *
 * @example
 * ```ts
 * import { multiCrop, padSound } from '@bcl/mixing';
 *
 * multiCrop(padSound([1, 2, 3], 1), { length: 2, crops: 4 }).arraySync(); // => [[0, 1], [1, 2], [2, 3], [3, 0]]
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_sound, utils.py.
 */
export function multiCrop(
  sound: ArrayLike<number>,
  { length, crops = 10 }: MultiCropOptions,
): tf.Tensor2D {
  const starts = multiCropStarts(sound.length, { length, crops });
  const samples = Float32Array.from(sound);
  const rows = new Float32Array(crops * length);
  starts.forEach((start, c) => {
    rows.set(samples.subarray(start, start + length), c * length);
  });
  return tf.tensor2d(rows, [crops, length]);
}

/**
 * Where the crops of a sound of so many samples start: every ⌊(samples − length) / (crops − 1)⌋
 * samples from 0 on.
 */
export function multiCropStarts(
  samples: number,
  { length, crops = 10 }: MultiCropOptions,
): Int32Array {
  if (!Number.isInteger(crops) || crops < 1) {
    throw new RangeError(`multiCrop: crops must be a positive integer, got ${crops}`);
  }
  checkLength('multiCrop', length, samples);
  const stride = crops === 1 ? 0 : Math.floor((samples - length) / (crops - 1));
  return Int32Array.from({ length: crops }, (_, c) => c * stride);
}
