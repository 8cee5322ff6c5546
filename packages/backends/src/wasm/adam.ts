import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { AdamAttrs, AdamInputs } from '../optimizerKernels.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

/**
 * `BclAdam` {w, g, m, v} → [w′, m′, v′]: one step of Adam in one pass, `w′ = kept w − rate m′ / (scale √v′ + ε)`; `m` and `v` are
 * not read at the first step.
 */
export const adamKernels: WasmKernel[] = [
  {
    name: 'BclAdam',
    make: (heap) =>
      kernel<AdamInputs, AdamAttrs>(({ w, g, m, v }, attrs) => {
        const { rate, scale, kept, weightDecay, beta1, beta2, epsilon } = attrs;
        const memory = !attrs.first && m && v ? { m, v } : null;
        const over = (x: TensorInfo | undefined): TensorInfo =>
          attrs.inPlace && x ? heap.over(x) : heap.output(w.shape);
        const [newW, newM, newV] = [over(w), over(memory?.m), over(memory?.v)];
        heap.kernels.adamStep(
          heap.at(w),
          heap.at(g),
          memory ? heap.at(memory.m) : 0,
          memory ? heap.at(memory.v) : 0,
          heap.at(newW),
          heap.at(newM),
          heap.at(newV),
          util.sizeFromShape(w.shape),
          rate,
          scale,
          kept,
          weightDecay,
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          epsilon,
          memory ? 0 : 1,
        );
        return [newW, newM, newV];
      }),
  },
];
