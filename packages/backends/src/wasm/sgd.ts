import { util } from '@tensorflow/tfjs-core';
import type { SgdAttrs, SgdInputs } from '../optimizerKernels.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

/** `BclSgd` {w, g, v} → [w′, v′]: one step of SGD in PyTorch's form, in one pass; `v` is not read at the first step. */
export const sgdKernels: WasmKernel[] = [
  {
    name: 'BclSgd',
    make: (heap) =>
      kernel<SgdInputs, SgdAttrs>(({ w, g, v }, attrs) => {
        const memory = attrs.first ? undefined : v;
        const newW = attrs.inPlace ? heap.over(w) : heap.output(w.shape);
        const newV = attrs.inPlace && memory ? heap.over(memory) : heap.output(w.shape);
        heap.kernels.sgdStep(
          heap.at(w),
          heap.at(g),
          memory ? heap.at(memory) : 0,
          heap.at(newW),
          heap.at(newV),
          util.sizeFromShape(w.shape),
          attrs.learningRate,
          attrs.momentum,
          attrs.weightDecay,
          attrs.nesterov ? 1 : 0,
          memory ? 0 : 1,
        );
        return [newW, newV];
      }),
  },
];
