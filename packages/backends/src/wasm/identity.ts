import type * as tf from '@tensorflow/tfjs-core';
import { kernel, type WasmKernel } from './wasmKernel.js';

/** `Identity` without a copy: the same values under one more reference, as the backend's own `Reshape` does. */
export const identityKernels: WasmKernel[] = [
  {
    name: 'Identity',
    make: (heap) =>
      kernel<{ x: tf.TensorInfo }, object>(({ x }) => {
        heap.backend.incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
      }),
  },
];
