/**
 * Cuts exact zeros off both ends of a sound, as the authors do with ESC's clips, which are padded with them to five seconds.
 * Zeros within stay, and so does a sound of zeros alone.
 *
 * @param sound Samples; kept.
 * @returns A view of the samples from the first to the last that is not zero.
 *
 * @example
 * ```ts
 * import { trimZeros } from '@bcl/datasets';
 *
 * trimZeros(Int16Array.of(0, 0, 5, 0, -3, 0)); // => [5, 0, -3]
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_sound, dataset_gen/esc_gen.py.
 */
export function trimZeros(sound: Int16Array): Int16Array {
  let first = 0;
  while (first < sound.length && sound[first] === 0) first++;
  if (first === sound.length) return sound;
  let last = sound.length - 1;
  while (sound[last] === 0) last--;
  return sound.subarray(first, last + 1);
}
