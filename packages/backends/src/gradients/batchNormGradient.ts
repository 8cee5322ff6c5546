import * as tf from '@tensorflow/tfjs-core';
import type { KernelGradient } from './KernelGradient.js';

/**
 * The gradient of `FusedBatchNorm` as one kernel where the backend has `BclFusedBatchNormGrad`, for statistics of one axis.
 */
export const batchNormGradient: KernelGradient = {
  name: 'FusedBatchNorm',
  make: (stock) => (dy, saved, attrs) => {
    const [x, mean, variance, scale] = saved as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor | undefined,
    ];
    const fused = tf.getKernel('BclFusedBatchNormGrad', tf.getBackend());
    const channels = x.shape.at(-1) as number;
    const perChannel = [mean, variance, ...(scale ? [scale] : [])].every(
      (t) => t.rank === 1 && t.size === channels,
    );
    // A gradient of this gradient needs TensorFlow.js's own, which is made of ops.
    const taped = tf.engine().state.gradientDepth > 0;
    if (!fused || !perChannel || taped || Array.isArray(dy)) return stock(dy, saved, attrs);
    // At once, not when the first is asked for: each is asked for in a tidy of its own, which would dispose the others.
    const results = tf
      .engine()
      .runKernel(
        'BclFusedBatchNormGrad',
        { x, dy, mean, variance, scale: scale ?? tf.ones([channels]) },
        { epsilon: (attrs as unknown as { varianceEpsilon: number }).varianceEpsilon },
      ) as tf.Tensor[];
    const result = (i: number): tf.Tensor => results[i] as tf.Tensor;
    return {
      x: () => result(0),
      mean: () => result(1),
      variance: () => result(2),
      scale: () => result(3),
      offset: () => result(4),
    };
  },
};
