import * as tf from '@tensorflow/tfjs-core';
import { middleAxes } from '../middleAxes.js';
import type { KernelGradient } from './KernelGradient.js';

/** The gradient of `Mean` as one kernel where the backend has `BclMeanGrad`, for axes that follow each other and leave the last. */
export const meanGradient: KernelGradient = {
  name: 'Mean',
  make: (stock) => (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const { axis } = attrs as { axis?: number | number[] };
    const known = tf.getKernel('BclMeanGrad', tf.getBackend()) && middleAxes(x.shape, axis);
    // A gradient of this gradient needs TensorFlow.js's own, which is made of ops.
    const taped = tf.engine().state.gradientDepth > 0;
    if (!known || taped || Array.isArray(dy)) return stock(dy, saved, attrs);
    const kernelAttrs = { shape: x.shape, axis } as unknown as tf.NamedAttrMap;
    return { x: () => tf.engine().runKernel('BclMeanGrad', { dy }, kernelAttrs) };
  },
};
