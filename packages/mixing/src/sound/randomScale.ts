import type { Random } from '@bcl/random';

export interface RandomScaleOptions {
  readonly random: Random;
  /** The sound gets at most so many times as long or as short. Default 1.25, the authors'. */
  readonly maxScale?: number;
}

/** How much longer a sound gets. */
export interface RandomScalePlan {
  readonly scale: number;
}

/**
 * Makes one sound longer and lower or shorter and higher, as a tape run at another speed: what others
 * call speed perturbation, by the factor 1 / scale.
 *
 * The scale is `maxScale` to the power of u, u uniform from −1 to 1; the new samples lie on lines
 * between the old ones. One sound, since each ends up with a length of its own: crop afterwards.
 *
 * @param sound Samples, on any scale; kept.
 * @returns ⌊samples · scale⌋ samples.
 * @throws RangeError when `maxScale` is below 1.
 *
 * @example
 * ```ts
 * import { applyRandomScale, randomScale } from '@bcl/mixing';
 * import { createRandom } from '@bcl/random';
 *
 * applyRandomScale([0, 2, 4], { scale: 2 }); // => [0, 1, 2, 3, 4, 4]
 * const varied = randomScale(new Float32Array(1000), { random: createRandom(1) });
 * varied.length >= 800 && varied.length <= 1250; // => true
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_sound, utils.py.
 */
export function randomScale(sound: ArrayLike<number>, options: RandomScaleOptions): Float32Array {
  return applyRandomScale(sound, drawRandomScale(options));
}

/** Draws the scale, one number. */
export function drawRandomScale({ random, maxScale = 1.25 }: RandomScaleOptions): RandomScalePlan {
  if (!(maxScale >= 1 && maxScale < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`drawRandomScale: maxScale must be 1 or more, got ${maxScale}`);
  }
  return { scale: maxScale ** (2 * random() - 1) };
}

/** Lengthens or shortens as the plan says. */
export function applyRandomScale(
  sound: ArrayLike<number>,
  { scale }: RandomScalePlan,
): Float32Array {
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`applyRandomScale: scale must be above 0, got ${scale}`);
  }
  const last = sound.length - 1;
  return Float32Array.from({ length: Math.floor(sound.length * scale) }, (_, k) => {
    const at = k / scale;
    const i = Math.min(Math.floor(at), last);
    const part = at - i;
    const [before, after] = [sound[i] as number, sound[Math.min(i + 1, last)] as number];
    return before * (1 - part) + after * part;
  });
}
