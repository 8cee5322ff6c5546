import type * as tf from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { kernel, type WasmKernel } from './wasmKernel.js';
import { imageBytes, windowArguments } from './windowArguments.js';

interface PoolAttrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** `MaxPoolGrad`: each output gradient goes to the first of the largest inputs of its window. */
export const maxPoolKernels: WasmKernel[] = [
  {
    name: 'MaxPoolGrad',
    make: (heap) =>
      kernel<{ dy: tf.TensorInfo; input: tf.TensorInfo }, PoolAttrs>(
        ({ dy, input }, { filterSize, strides, pad, dimRoundingMode }) => {
          const info = backend_util.computePool2DInfo(
            input.shape as [number, number, number, number],
            filterSize,
            strides,
            1,
            pad,
            dimRoundingMode,
          );
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
        },
      ),
  },
];
