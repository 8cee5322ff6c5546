/**
 * Samples of 16 bits as the numbers that sound ops take: divided by 32 768, so −1..1.
 *
 * @param sound Samples; kept.
 *
 * @example
 * ```ts
 * import { toWave } from '@bcl/datasets';
 *
 * toWave(Int16Array.of(16384, -32768)); // => [0.5, -1]
 * ```
 */
export function toWave(sound: Int16Array): Float32Array {
  return Float32Array.from(sound, (sample) => sample / 32768);
}
