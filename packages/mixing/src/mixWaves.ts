import * as tf from '@tensorflow/tfjs-core';
import { type Ratio, ratioColumn } from './ratio.js';
import { asRows, balanced, centred, spread } from './waves.js';

export interface BetweenClassOptions {
  /** (a) Takes from each example its own mean, over all but the batch axis. Default false. */
  readonly zeroMean?: boolean;
  /** (b) Divides by sqrt(p² + q²), so that the mix is as strong as one example. Default false. */
  readonly keepEnergy?: boolean;
  /** (c) Mixes by perceived strength: p from r and both standard deviations. Default false. */
  readonly balance?: boolean;
}

/** Name under which a backend may have the whole rule as one kernel; `@bcl/backends` registers such. */
const KERNEL = 'BclBetweenClass';

/**
 * What `betweenClass` computes, once its arguments are checked. With `partner` each of `x1` is mixed with the example of
 * `x2` that it names.
 *
 * One kernel does it where the current backend has one, unless a gradient is being taken: the tape then sees the ops that it
 * can differentiate.
 */
export function mixWaves<T extends tf.Tensor>(
  x1: T,
  x2: T,
  ratio: Ratio,
  { zeroMean = false, keepEnergy = false, balance = false }: BetweenClassOptions,
  partner?: tf.Tensor1D,
): T {
  return tf.tidy(() => {
    const r = ratioColumn(ratio, x1.shape[0] as number);
    if (tf.getKernel(KERNEL, tf.getBackend()) && !tf.engine().isTapeOn()) {
      const floats = { x1: tf.cast(x1, 'float32'), x2: tf.cast(x2, 'float32') };
      return tf
        .engine()
        .runKernel<T>(
          KERNEL,
          { ...floats, ratio: r, ...(partner && { partner }) },
          { zeroMean, keepEnergy, balance },
        );
    }

    const [rows1, rows2] = [asRows(x1), asRows(partner ? tf.gather(x2, partner) : x2)];
    const ownMean = zeroMean || balance;
    const [wave1, wave2] = ownMean ? [centred(rows1), centred(rows2)] : [rows1, rows2];

    let [p, q] = balance ? balanced(r, spread(wave1), spread(wave2)) : [r, tf.sub(1, r)];
    if (keepEnergy) {
      const norm = tf.sqrt(tf.add(tf.square(p), tf.square(q)));
      [p, q] = [tf.div(p, norm), tf.div(q, norm)];
    }
    const [a, b] = zeroMean ? [wave1, wave2] : [rows1, rows2];
    return tf.reshape(tf.add(tf.mul(p, a), tf.mul(q, b)), x1.shape) as T;
  });
}
