import type { SgdAttrs, SgdInputs } from '../optimizerKernels.js';
import { pointwise } from './pointwise.js';
import { kernel, type WebgpuKernel } from './webgpuKernel.js';

/**
 * `BclSgd` {w, g, v} → [w′, v′]: one step of SGD in PyTorch's form, in a pass for each result, which is all that the backend's shaders can
 * write; `v` is not read at the first step.
 */
export const sgdKernel: WebgpuKernel = {
  name: 'BclSgd',
  make: (backend) =>
    kernel<SgdInputs, SgdAttrs>(({ w, g, v }, attrs) => {
      const { learningRate, momentum, weightDecay, nesterov, first } = attrs;
      const old = first ? undefined : v;
      const decayed = 'f32(g[index]) + uniforms.weightDecay * f32(w[index])';
      const newV = pointwise(backend, {
        name: `sgdVelocity_${old !== undefined}`,
        inputs: { w, g, ...(old && { v: old }) },
        shape: w.shape,
        numbers: { weightDecay, ...(old && { momentum }) },
        code: old
          ? `value = uniforms.momentum * f32(v[index]) + (${decayed});`
          : `value = ${decayed};`,
      });
      const newW = pointwise(backend, {
        name: `sgdWeight_${nesterov}`,
        inputs: { w, v: newV, ...(nesterov && { g }) },
        shape: w.shape,
        numbers: { learningRate, ...(nesterov && { weightDecay, momentum }) },
        code: `
          let direction = ${nesterov ? `(${decayed}) + uniforms.momentum * v[index]` : 'v[index]'};
          value = f32(w[index]) - uniforms.learningRate * direction;
        `,
      });
      return [newW, newV];
    }),
};
