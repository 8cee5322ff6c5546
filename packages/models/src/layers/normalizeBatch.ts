import * as tf from '@tensorflow/tfjs-core';

export interface NormalizeBatchOptions {
  epsilon: number;
  /** Whether the result goes through a ReLU, in the same pass where the backend can. */
  relu: boolean;
}

export interface NormalizedBatch {
  /** The normalised batch, of the shape of `x`. */
  y: tf.Tensor;
  /** Mean of each channel, `[C]`. */
  mean: tf.Tensor1D;
  /** Biased variance of each channel, `[C]`. */
  variance: tf.Tensor1D;
}

/**
 * Batch normalisation with the statistics of the batch itself, over all axes but the last,
 *
 *     y = γ (x - mean) / sqrt(variance + ε) + β,   then max(y, 0) if `relu`.
 *
 * One op with one closed-form gradient. Recorded op by op, tfjs would keep half a dozen tensors
 * of the size of `x` for the way back; this keeps `x`, and `y` if `relu`, which the neighbours in the
 * network hold anyway. Backends may bring it as a kernel `BclBatchNorm` with `BclBatchNormGrad`;
 * without them it is made of tfjs ops. The statistics carry no gradient of their own, and the
 * gradient is not meant to be differentiated again.
 *
 * @param x `[B, …, C]`, rank 2 to 4.
 * @param gamma Scale of each channel, `[C]`.
 * @param beta Shift of each channel, `[C]`.
 * @returns Three new tensors, owned by the caller.
 */
export function normalizeBatch(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { epsilon, relu }: NormalizeBatchOptions,
): NormalizedBatch {
  // Made before the op that is differentiated: tfjs lets an op save for the way back only what it
  // was given or returns, and returns one tensor.
  const [normalized, mean, variance] = forward(x, gamma, beta, { epsilon, relu });
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    save([x, gamma, beta, mean, variance, ...(relu ? [normalized] : [])]);
    return {
      value: tf.clone(normalized),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy, saved, { epsilon, relu }),
    };
  });
  const y = op(x, gamma, beta);
  normalized.dispose();
  return { y, mean, variance };
}

type Forward = [y: tf.Tensor, mean: tf.Tensor1D, variance: tf.Tensor1D];

/** The batch normalised, and its statistics; nothing is recorded for the way back. */
function forward(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  { epsilon, relu }: NormalizeBatchOptions,
): Forward {
  if (tf.getKernel('BclBatchNorm', tf.getBackend())) {
    const attrs = { epsilon, relu };
    return tf
      .engine()
      .runKernel('BclBatchNorm', { x, gamma, beta }, attrs) as tf.Tensor[] as Forward;
  }
  const moments = unrecorded(x, () => {
    const { mean, variance } = tf.moments(x, axesOf(x));
    return tf.stack([mean, variance]);
  });
  const [mean, variance] = tf.unstack(moments) as [tf.Tensor1D, tf.Tensor1D];
  moments.dispose();
  const y = unrecorded(x, () => {
    const z = tf.batchNorm(x, mean, variance, beta, gamma, epsilon);
    return relu ? tf.relu(z) : z;
  });
  return [y, mean, variance];
}

/** Gradients of `x`, `gamma` and `beta`. */
function backward(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  { epsilon, relu }: NormalizeBatchOptions,
): tf.Tensor[] {
  const [x, gamma, beta, mean, variance, y] = saved as [
    ...[tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D],
    tf.Tensor | undefined,
  ];
  if (tf.getKernel('BclBatchNormGrad', tf.getBackend())) {
    const inputs = { x, dy, gamma, beta, mean, variance };
    const attrs = { epsilon, relu };
    return tf.engine().runKernel('BclBatchNormGrad', inputs, attrs) as tf.Tensor[];
  }
  const axes = axesOf(x);
  const count = x.size / gamma.size;
  const dz = y ? tf.mul(dy, tf.step(y)) : dy;
  const perStd = tf.rsqrt(tf.add(variance, epsilon));
  const normal = tf.mul(tf.sub(x, mean), perStd);
  const dbeta = tf.sum(dz, axes);
  const dgamma = tf.sum(tf.mul(dz, normal), axes);
  // What reaches x through its own mean and variance.
  const through = tf.div(tf.add(dbeta, tf.mul(normal, dgamma)), count);
  const dx = tf.mul(tf.mul(gamma, perStd), tf.sub(dz, through));
  return [dx, dgamma, dbeta];
}

/** Runs `f` as one step that keeps nothing for back-propagation and passes no gradient on to `x`. */
function unrecorded(x: tf.Tensor, f: () => tf.Tensor): tf.Tensor {
  return tf.customGrad(() => ({ value: f(), gradFunc: () => tf.zerosLike(x) }))(x);
}

/** All axes but the last. */
function axesOf(x: tf.Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}
