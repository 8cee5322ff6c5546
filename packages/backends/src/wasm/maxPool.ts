import type * as tf from '@tensorflow/tfjs-core';
import { type PoolAttrs, poolInfo } from './poolInfo.js';
import { kernel, type WasmKernel } from './wasmKernel.js';
import { imageBytes, windowArguments } from './windowArguments.js';

/** `MaxPoolGrad`: each output gradient goes to the first of the largest inputs of its window. */
export const maxPoolKernels: WasmKernel[] = [
  {
    name: 'MaxPoolGrad',
    make: (heap) =>
      kernel<{ dy: tf.TensorInfo; input: tf.TensorInfo }, PoolAttrs>(({ dy, input }, attrs) => {
        const info = poolInfo(input, dy, attrs);
        const dx = heap.output(input.shape);
        const { inBytes, outBytes } = imageBytes(info);
        const moves = windowArguments(info);
        for (let n = 0; n < info.batchSize; n++) {
          heap.kernels.maxPoolGradient(
            heap.at(input) + n * inBytes,
            heap.at(dy) + n * outBytes,
            heap.at(dx) + n * inBytes,
            ...moves,
          );
        }
        return dx;
      }),
  },
];
