import * as tf from '@tensorflow/tfjs-core';
import { checkMix } from '../checks.js';
import { type Ratio, ratioColumn } from '../ratio.js';
import { balanced } from '../waves.js';
import { checkSounds, framePower, type SoundLevelOptions } from './framePower.js';

/**
 * Mixes two batches of sounds as between-class learning does,
 *
 *     x = (p x1 + q x2) / sqrt(p² + q²),   p = r / (r + (1 − r) 10^((G1 − G2) / 20)),   q = 1 − p
 *
 * where G is the level of a sound in dB as the ear hears it, {@link soundLevel}. `r` is the share of
 * `x1` in what is heard rather than in amplitude, and the root leaves the mix as strong as one sound,
 * as for two unrelated waves. The label is mixed by r, never by p: {@link mixLabels}.
 *
 * r does not divide in the form of p that is computed. Silence has a level, −80 dB, so that
 * it gets nearly the whole of p beside a sound and r beside silence. A NaN stays in its own pair.
 *
 * @param x1 First sounds, `[B, T]`, float32 in −1..1, as long as one frame of `soundLevel` or longer.
 * @param x2 Second sounds, the shape of `x1`.
 * @param ratio r, the share of `x1`, from 0 to 1: a number, or `[B]` as array or tensor.
 * @returns Mixed sounds, the shape of `x1`, owned by the caller. The inputs are kept. Gradients
 * reach `x1`, `x2` and a ratio that is a tensor with the levels held constant.
 * @throws RangeError when the shapes differ, the ratio does not fit them or the sounds are shorter
 * than a frame; TypeError for integers.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { bcSound, mixLabels } from '@bcl/mixing';
 *
 * const dog = tf.randomNormal<tf.Rank.R2>([1, 16000], 0, 0.2, 'float32', 1);
 * const rain = tf.randomNormal<tf.Rank.R2>([1, 16000], 0, 0.01, 'float32', 2);
 * const heard = bcSound(dog, rain, 0.5, { sampleRate: 16000 }); // as much rain as dog
 * const label = mixLabels(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]]), 0.5);
 * heard.shape; // => [1, 16000]
 * label.dataSync(); // => [0.5, 0.5]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, "Learning from Between-class Examples for Deep Sound Recognition",
 * arXiv:1711.10282, equation 2; the authors' code, mil-tokyo/bc_learning_sound, utils.py. Theirs
 * divides by r, and fails for a sound shorter than a frame and at other rates than 16 and 44.1 kHz.
 */
export function bcSound(
  x1: tf.Tensor2D,
  x2: tf.Tensor2D,
  ratio: Ratio,
  options: SoundLevelOptions,
): tf.Tensor2D {
  checkSameLength(x1, x2);
  checkMix('bcSound', x1, x2, ratio);
  for (const x of [x1, x2]) checkSounds('bcSound', x, options);
  return tf.tidy(() => {
    const r = ratioColumn(ratio, x1.shape[0]);
    const [p, q] = balanced(r, strength(x1, options), strength(x2, options));
    const norm = tf.sqrt(tf.add(tf.square(p), tf.square(q)));
    return tf.add<tf.Tensor2D>(tf.mul(tf.div(p, norm), x1), tf.mul(tf.div(q, norm), x2));
  });
}

/** 10^(G / 20) of each sound, `[B, 1]`, without the logarithm; to gradients a constant. */
function strength(x: tf.Tensor2D, options: SoundLevelOptions): tf.Tensor2D {
  const constant = tf.customGrad(() => ({
    value: tf.sqrt(tf.max(framePower(x, options), 1, true)),
    gradFunc: () => tf.zeros(x.shape),
  }));
  return constant(x) as tf.Tensor2D;
}

function checkSameLength(x1: tf.Tensor, x2: tf.Tensor): void {
  if (x1.rank !== 2 || x2.rank !== 2 || x1.shape[1] === x2.shape[1]) return;
  throw new RangeError(
    `bcSound: x1 and x2 must be equally long, got ${x1.shape[1]} and ${x2.shape[1]} samples; cut both to one length with randomCrop`,
  );
}
