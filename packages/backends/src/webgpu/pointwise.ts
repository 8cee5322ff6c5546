import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend, WebgpuUniform } from './webgpuKernel.js';

/** A result of which each value follows from values of the inputs. */
export interface Pointwise {
  /** Names the code. */
  name: string;
  inputs: Record<string, TensorInfo>;
  shape: number[];
  /** float32 by default. */
  dtype?: 'float32' | 'int32';
  /** Numbers that the code reads as `uniforms.…`. */
  numbers?: Record<string, number>;
  /** Whole ones. */
  integers?: Record<string, number>;
  /** WGSL functions that the code calls. */
  functions?: string;
  /** WGSL statements that set `value` for the place `index`; inputs are read as `f32(name[i])`. */
  code: string;
}

const WORKGROUP = 64;

/** Computes a result value by value, one thread each. */
export function pointwise(backend: WebgpuBackend, p: Pointwise): TensorInfo {
  const { inputs, shape, dtype = 'float32', numbers = {}, integers = {} } = p;
  const [zero, setOutput] =
    dtype === 'float32' ? ['0.0', 'setOutputAtIndex'] : ['0', 'setOutputAtIndexI32'];
  const size = util.sizeFromShape(shape);
  const names = (of: object, type: string) =>
    Object.keys(of)
      .map((name) => `${name} : ${type}, `)
      .join('');
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: [size],
    workgroupSize: [WORKGROUP, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(size / WORKGROUP), 1, 1] as [number, number, number],
    size: true,
    uniforms: `${names(numbers, 'f32')}${names(integers, 'i32')}`,
    shaderKey: `bcl_${p.name}`,
    getUserCode: () => `
      ${p.functions ?? ''}
      fn main(index : i32) {
        if (index < uniforms.size) {
          var value = ${zero};
          ${p.code}
          ${setOutput}(index, value);
        }
      }
    `,
  };
  const uniforms: WebgpuUniform[] = [
    ...Object.values(numbers).map((n): WebgpuUniform => ({ type: 'float32', data: [n] })),
    ...Object.values(integers).map((n): WebgpuUniform => ({ type: 'int32', data: [n] })),
  ];
  const y = backend.runWebGPUProgram(program, Object.values(inputs).map(flat), dtype, uniforms);
  return { ...y, shape };
}

/** The same values in one row: the backend compiles code anew for other ranks, equal shapes and axes of length 1. */
export function flat({ dataId, shape, dtype }: TensorInfo): TensorInfo {
  return { dataId, shape: [util.sizeFromShape(shape)], dtype };
}
