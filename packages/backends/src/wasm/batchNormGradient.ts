import * as tf from '@tensorflow/tfjs-core';

let replaced = false;

/**
 * Lets the gradient of TensorFlow.js's `FusedBatchNorm` run as one kernel where the backend has `BclFusedBatchNormGrad`; elsewhere,
 * and for statistics of more than one axis, the gradient that was registered before goes on serving.
 *
 * Gradients are registered for all backends at once, hence the choice at run time. Calling it again does nothing.
 */
export function registerBatchNormGradient(): void {
  const stock = tf.getGradient('FusedBatchNorm');
  if (replaced || !stock) return;
  replaced = true;
  tf.unregisterGradient('FusedBatchNorm');
  tf.registerGradient({
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
      if (!fused || !perChannel || Array.isArray(dy)) return stock.gradFunc(dy, saved, attrs);
      let results: tf.Tensor[] | undefined;
      const result = (i: number): tf.Tensor => {
        results ??= tf
          .engine()
          .runKernel(
            'BclFusedBatchNormGrad',
            { x, dy, mean, variance, scale: scale ?? tf.ones([channels]) },
            { epsilon: (attrs as unknown as { varianceEpsilon: number }).varianceEpsilon },
          ) as tf.Tensor[];
        return results[i] as tf.Tensor;
      };
      return {
        x: () => result(0),
        mean: () => result(1),
        variance: () => result(2),
        scale: () => result(3),
        offset: () => result(4),
      };
    },
  });
}
