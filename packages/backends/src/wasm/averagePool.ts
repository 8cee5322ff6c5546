import type * as tf from '@tensorflow/tfjs-core';
import { type PoolAttrs, poolInfo } from './poolInfo.js';
import { kernel, type WasmKernel } from './wasmKernel.js';
import { imageBytes, plainWindowArguments } from './windowArguments.js';

/**
 * `AvgPoolGrad`: each output gradient goes in equal shares to the pixels of its window that lie in the image, of which the way forward
 * takes the mean. TensorFlow.js's own kernels divide by the whole window, pixels of the padding included.
 */
export const averagePoolKernels: WasmKernel[] = [
  {
    name: 'AvgPoolGrad',
    make: (heap) =>
      kernel<{ dy: tf.TensorInfo; input: tf.TensorInfo }, PoolAttrs>(({ dy, input }, attrs) => {
        const info = poolInfo(input, dy, attrs);
        const dx = heap.output(input.shape);
        const { inBytes, outBytes } = imageBytes(info);
        const moves = plainWindowArguments(info);
        for (let n = 0; n < info.batchSize; n++) {
          heap.kernels.averagePoolGradient(
            heap.at(dy) + n * outBytes,
            heap.at(dx) + n * inBytes,
            ...moves,
          );
        }
        return dx;
      }),
  },
];
