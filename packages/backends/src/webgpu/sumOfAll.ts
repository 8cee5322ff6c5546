import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { joinInWorkgroup } from './joinInWorkgroup.js';
import { flat } from './pointwise.js';
import { integers, kernel, type WebgpuBackend, type WebgpuKernel } from './webgpuKernel.js';

/** Threads of a workgroup, and numbers that one of them sums at most. */
const WORKGROUP = 256;
const PART = 512 * WORKGROUP;

/**
 * `BclSumOfAll` of any float32 tensors → the sum of all their numbers, a scalar. A pass takes as many tensors as a shader may read and
 * sums them in parts that keep a large GPU busy; further passes sum the parts. The same result from run to run.
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

/** Sums of the parts of tensors, `[parts]`; a part is of one tensor, so that its workgroup runs one loop. */
function sumsOfParts(backend: WebgpuBackend, tensors: TensorInfo[]): TensorInfo {
  const sizes = tensors.map(({ shape }) => util.sizeFromShape(shape));
  const ends: number[] = [];
  for (const size of sizes) ends.push((ends.at(-1) ?? 0) + Math.ceil(size / PART));
  const parts = ends.at(-1) as number;
  const program = {
    variableNames: tensors.map((_, i) => `x${i}`),
    outputShape: [parts],
    workgroupSize: [WORKGROUP, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0] },
    dispatch: [parts, 1, 1] as [number, number, number],
    uniforms: tensors.map((_, i) => `size${i} : i32, end${i} : i32, `).join(''),
    shaderKey: `bcl_sumOfAll_${tensors.length}`,
    getUserCode: () => `
      var<workgroup> found : array<f32, ${WORKGROUP}>;
      fn main(index : i32) {
        let thread = i32(localIndex);
        let part = index / ${WORKGROUP};
        var sum = 0.0;
        ${tensors.map(loopOver).join(' else ')}
        found[thread] = sum;
        ${joinInWorkgroup(WORKGROUP, 1, (a, b) => `${a} + ${b}`)}
        if (thread == 0 && part < uniforms.end${tensors.length - 1}) {
          setOutputAtIndex(part, found[0]);
        }
      }
    `,
  };
  const inputs = tensors.map(flat);
  const uniforms = sizes.flatMap((size, i) => [integers(size), integers(ends[i] as number)]);
  return backend.runWebGPUProgram(program, inputs, 'float32', uniforms);
}

/** WGSL that sums what a thread has of a part, where that is of the tensor with a number. */
function loopOver(_: TensorInfo, i: number): string {
  const before = i > 0 ? `uniforms.end${i - 1}` : '0';
  return `if (part < uniforms.end${i}) {
    let first = (part - ${before}) * ${PART};
    let end = min(first + ${PART}, uniforms.size${i});
    for (var i = first + thread; i < end; i += ${WORKGROUP}) {
      sum += f32(x${i}[i]);
    }
  }`;
}
