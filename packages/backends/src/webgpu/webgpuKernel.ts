import type * as tf from '@tensorflow/tfjs-core';

/** A shader as the TensorFlow.js webgpu backend takes it (4.22: `WebGPUProgram`). */
export interface WebgpuProgram {
  /** Names of the inputs in the shader. */
  variableNames: string[];
  outputShape: number[];
  workgroupSize: [number, number, number];
  dispatchLayout: { x: number[] };
  /** Workgroups; the backend spreads too many of them over three dimensions. */
  dispatch: [number, number, number];
  /** Whether the shader reads `uniforms.size`. */
  size?: boolean;
  /** Names the code; the backend adds shapes and types. */
  shaderKey: string;
  getUserCode(): string;
}

/** What we use of the backend (4.22: `WebGPUBackend`). */
export interface WebgpuBackend extends tf.KernelBackend {
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
  ): tf.TensorInfo;
}

/** A kernel of ours: its name and what makes it for a backend. */
export interface WebgpuKernel {
  name: string;
  make(backend: WebgpuBackend): tf.KernelFunc;
}
