import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { AdamAttrs, AdamInputs } from '../optimizerKernels.js';
import { pointwise } from './pointwise.js';
import { kernel, type WebgpuBackend, type WebgpuKernel } from './webgpuKernel.js';

/**
 * `BclAdam` {w, g, m, v} → [w′, m′, v′]: one step of Adam, `w′ = kept w − rate m′ / (scale √v′ + ε)`, in a pass for each result; `m` and
 * `v` are not read at the first step.
 */
export const adamKernel: WebgpuKernel = {
  name: 'BclAdam',
  make: (backend) =>
    kernel<AdamInputs, AdamAttrs>(({ w, g, m, v }, attrs) => {
      const { rate, scale, kept, weightDecay, beta1, beta2, epsilon, first } = attrs;
      const known = !first && m !== undefined && v !== undefined;
      const of = { w, g, weightDecay };
      const newM = running(backend, 'Mean', known ? m : undefined, beta1, 'gradient', of);
      const newV = running(
        backend,
        'Square',
        known ? v : undefined,
        beta2,
        'gradient * gradient',
        of,
      );
      const newW = pointwise(backend, {
        name: 'adamWeight',
        inputs: { w, m: newM, v: newV },
        shape: w.shape,
        numbers: { rate, scale, kept, epsilon },
        code: `
          let step = m[index] / (uniforms.scale * sqrt(v[index]) + uniforms.epsilon);
          value = uniforms.kept * f32(w[index]) - uniforms.rate * step;
        `,
      });
      return [newW, newM, newV];
    }),
};

/** A running mean of something made of the gradient; what is given up of the old comes from the new. */
function running(
  backend: WebgpuBackend,
  name: string,
  old: TensorInfo | undefined,
  beta: number,
  what: string,
  { w, g, weightDecay }: { w: TensorInfo; g: TensorInfo; weightDecay: number },
): TensorInfo {
  return pointwise(backend, {
    name: `adam${name}_${old !== undefined}`,
    inputs: { w, g, ...(old && { old }) },
    shape: w.shape,
    numbers: { weightDecay, given: 1 - beta, ...(old && { beta }) },
    code: `
      let gradient = f32(g[index]) + uniforms.weightDecay * f32(w[index]);
      value = uniforms.given * (${what})${old ? ' + uniforms.beta * f32(old[index])' : ''};
    `,
  });
}
