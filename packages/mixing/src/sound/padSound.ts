/**
 * Adds zeros on both sides of one sound. The authors add half the length that the network takes
 * before they crop, so that a crop may begin or end outside of the sound. A batch `[B, T]` is padded
 * by `tf.pad`.
 *
 * @param sound Samples; kept.
 * @param padding Zeros on each side.
 * @throws RangeError when `padding` is no whole number from 0.
 *
 * @example
 * ```ts
 * import { padSound } from '@bcl/mixing';
 *
 * padSound([1, 2], 1); // => [0, 1, 2, 0]
 * ```
 */
export function padSound(sound: ArrayLike<number>, padding: number): Float32Array {
  if (!Number.isInteger(padding) || padding < 0) {
    throw new RangeError(`padSound: padding must be a whole number from 0, got ${padding}`);
  }
  const padded = new Float32Array(sound.length + 2 * padding);
  padded.set(sound, padding);
  return padded;
}
