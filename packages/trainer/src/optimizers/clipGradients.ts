import * as tf from '@tensorflow/tfjs-core';

/** A limit of gradients: of the length of all of them as one vector, or of each number. */
export type ClipOptions = { norm: number } | { value: number };

/**
 * Limits gradients: with `norm`, all are multiplied by `min(1, norm / length)`, the length being
 * that of all numbers of all gradients as one vector; with `value`, each number is brought into
 * `[-value, value]`.
 *
 * @param gradients Kept.
 * @returns New tensors under the same names, the caller's.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { clipGradients } from '@bcl/trainer';
 *
 * const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor1d([4]) };
 * clipGradients(gradients, { norm: 1 }).b.dataSync(); // => [0.8]
 * clipGradients(gradients, { value: 2 }).a.dataSync(); // => [2, 0]
 * ```
 *
 * @see PyTorch, `clip_grad_norm_` (which adds 1e-6 to the length) and `clip_grad_value_`.
 */
export function clipGradients<T extends tf.NamedTensorMap>(gradients: T, clip: ClipOptions): T {
  checkClip('clipGradients', clip);
  return tf.tidy(() => {
    const change = 'value' in clip ? byValue(clip.value) : byNorm(gradients, clip.norm);
    return Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, change(g)])) as T;
  });
}

/** Throws unless a limit is one number above 0. */
export function checkClip(who: string, clip: ClipOptions): void {
  const entries = Object.entries(clip);
  const [[name, value] = []] = entries;
  if (entries.length !== 1 || (name !== 'norm' && name !== 'value')) {
    throw new RangeError(`${who}: clip must be { norm } or { value }, got ${JSON.stringify(clip)}`);
  }
  if (!((value as number) > 0)) {
    throw new RangeError(`${who}: the ${name} of clip must be a number above 0, got ${value}`);
  }
}

function byValue(limit: number): (gradient: tf.Tensor) => tf.Tensor {
  return (gradient) => tf.clipByValue(gradient, -limit, limit);
}

function byNorm(gradients: tf.NamedTensorMap, limit: number): (gradient: tf.Tensor) => tf.Tensor {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  if (squares.length === 0) return tf.clone;
  const length = tf.sqrt(tf.sum(tf.stack(squares)));
  // Not limit / length: where all gradients are 0 that would make NaN of them.
  const factor = tf.div(limit, tf.maximum(length, limit));
  return (gradient) => tf.mul(gradient, factor);
}
