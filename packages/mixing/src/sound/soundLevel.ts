import * as tf from '@tensorflow/tfjs-core';
import { checkSounds, framePower, type SoundLevelOptions } from './framePower.js';

/**
 * Level of each sound in dB as the ear hears it: that of its loudest frame.
 *
 * A frame is 2048 samples at 16 kHz, 4096 at 44.1 kHz, and at other rates the power of two nearest to
 * a tenth of a second; frames overlap by half, and a rest that fills none is not heard. A frame's
 * level is 10 log10 Σ |X|² 10^(A/10) over the bins X of its Hann-windowed spectrum, A being
 * {@link aWeighting}; with `gain: 'RMSE'`, 10 log10 of its mean square. Levels grow by 20 dB when a
 * sound gets ten times as large, and end at −80 dB, which is silence. They are relative: 0 dB is no
 * pressure, and the two measures do not compare.
 *
 * @param x Sounds, `[B, T]`, float32 in −1..1, a frame long or more; kept.
 * @returns dB, `[B]`, owned by the caller.
 * @throws RangeError when the sounds are shorter than a frame or no batch; TypeError for integers.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { soundLevel } from '@bcl/mixing';
 *
 * const tone = (hertz: number) => tf.sin(tf.mul(tf.range(0, 4096), (2 * Math.PI * hertz) / 16000));
 * const [low, high] = soundLevel(tf.stack([tone(50), tone(1000)]), { sampleRate: 16000 }).dataSync();
 * Math.round(high - low); // => 30
 * ```
 *
 * @see Tokozume, Ushiku, Harada, "Learning from Between-class Examples for Deep Sound Recognition",
 * arXiv:1711.10282, section 3.2; the authors' code, mil-tokyo/bc_learning_sound, utils.py.
 */
export function soundLevel(x: tf.Tensor2D, options: SoundLevelOptions): tf.Tensor1D {
  checkSounds('soundLevel', x, options);
  return tf.tidy(() => decibels(tf.max<tf.Tensor1D>(framePower(x, options), 1)));
}

/**
 * Level of each frame of each sound in dB: what {@link soundLevel} takes the largest of.
 *
 * @param x Sounds, `[B, T]`, float32 in −1..1, a frame long or more; kept.
 * @returns dB, `[B, frames]`, owned by the caller.
 * @throws RangeError when the sounds are shorter than a frame or no batch; TypeError for integers.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { soundLevels } from '@bcl/mixing';
 *
 * soundLevels(tf.ones([1, 4096]), { sampleRate: 16000, gain: 'RMSE' }).dataSync(); // => [0, 0, 0]
 * ```
 */
export function soundLevels(x: tf.Tensor2D, options: SoundLevelOptions): tf.Tensor2D {
  checkSounds('soundLevels', x, options);
  return tf.tidy(() => decibels(framePower(x, options)));
}

function decibels<T extends tf.Tensor>(power: T): T {
  return tf.mul(tf.log(power), 10 / Math.LN10);
}
