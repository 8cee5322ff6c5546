import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { flat } from './pointwise.js';
import { integers, kernel, type WebgpuBackend, type WebgpuKernel } from './webgpuKernel.js';

/** Threads of a workgroup, and numbers that each of them sums. */
const WORKGROUP = 256;
const EACH = 32;

/**
 * `BclSumOfAll` of any float32 tensors → the sum of all their numbers, a scalar. A pass takes as many tensors as a shader may read and
 * sums them end to end, in parts that keep a large GPU busy; further passes sum the parts. The same result from run to run.
 */
export const sumOfAllKernel: WebgpuKernel = {
  name: 'BclSumOfAll',
  make: (backend) =>
    kernel<Record<string, TensorInfo>, object>((inputs) => {
      let sums = sumsOf(backend, Object.values(inputs));
      while (sums.length > 1 || util.sizeFromShape((sums[0] as TensorInfo).shape) > 1) {
        const next = sumsOf(backend, sums);
        for (const { dataId } of sums) backend.disposeData(dataId);
        sums = next;
      }
      return { ...(sums[0] as TensorInfo), shape: [] };
    }),
};

/** One pass over tensors: as many as a shader may read become one tensor of sums. */
function sumsOf(backend: WebgpuBackend, tensors: TensorInfo[]): TensorInfo[] {
  const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
  const groups = Math.ceil(tensors.length / most);
  return Array.from({ length: groups }, (_, i) =>
    sumsOfParts(backend, tensors.slice(i * most, (i + 1) * most)),
  );
}

/** Sums of the parts of tensors that are laid end to end, `[parts]`. */
function sumsOfParts(backend: WebgpuBackend, tensors: TensorInfo[]): TensorInfo {
  const ends: number[] = [];
  for (const { shape } of tensors) ends.push((ends.at(-1) ?? 0) + util.sizeFromShape(shape));
  const parts = Math.ceil((ends.at(-1) as number) / (WORKGROUP * EACH));
  const program = {
    variableNames: tensors.map((_, i) => `x${i}`),
    outputShape: [parts],
    workgroupSize: [WORKGROUP, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0] },
    dispatch: [parts, 1, 1] as [number, number, number],
    uniforms: `parts : i32, ${ends.map((_, i) => `end${i} : i32, `).join('')}`,
    shaderKey: `bcl_sumOfAll_${tensors.length}`,
    getUserCode: () => `
      var<workgroup> found : array<f32, ${WORKGROUP}>;
      fn numberAt(index : i32) -> f32 {
        ${ends.map(caseOf).join('\n')}
        return 0.0;
      }
      fn main(index : i32) {
        let thread = i32(localIndex);
        let part = index / ${WORKGROUP};
        let first = part * ${WORKGROUP * EACH} + thread;
        var sum = 0.0;
        for (var i = 0; i < ${EACH}; i++) {
          sum += numberAt(first + i * ${WORKGROUP});
        }
        found[thread] = sum;
        workgroupBarrier();
        for (var half = ${WORKGROUP / 2}; half > 0; half = half / 2) {
          if (thread < half) {
            found[thread] += found[thread + half];
          }
          workgroupBarrier();
        }
        if (thread == 0 && part < uniforms.parts) {
          setOutputAtIndex(part, found[0]);
        }
      }
    `,
  };
  const inputs = tensors.map(flat);
  return backend.runWebGPUProgram(
    program,
    inputs,
    'float32',
    [parts, ...ends].map((n) => integers(n)),
  );
}

/** WGSL for a number of the tensor at a place among those laid end to end. */
function caseOf(_: number, i: number): string {
  const before = i > 0 ? ` - uniforms.end${i - 1}` : '';
  return `if (index < uniforms.end${i}) { return f32(x${i}[index${before}]); }`;
}
