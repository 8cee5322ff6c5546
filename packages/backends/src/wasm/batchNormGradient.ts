import * as tf from '@tensorflow/tfjs-core';

let ours: tf.GradConfig | undefined;

/**
 * Lets the gradient of TensorFlow.js's `FusedBatchNorm` run as one kernel where the backend has `BclFusedBatchNormGrad`; elsewhere,
 * and for statistics of more than one axis, the gradient that was registered before goes on serving.
 *
 * Gradients are registered for all backends at once, hence the choice at run time. Calling it again does nothing.
 */
export function registerBatchNormGradient(): void {
  const stock = tf.getGradient('FusedBatchNorm');
  if (!stock || stock === ours) return;
  ours = {
    ...stock,
    gradFunc: (dy, saved, attrs) => {
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
      if (!fused || !perChannel || taped || Array.isArray(dy))
        return stock.gradFunc(dy, saved, attrs);
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
  tf.unregisterGradient('FusedBatchNorm');
  tf.registerGradient(ours);
}
