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
  /** Declarations of the uniforms that are given with a run, in their order. */
  uniforms?: string;
  /** Names the code; the backend adds shapes and types. */
  shaderKey: string;
  getUserCode(): string;
}

/** Values of a uniform: one, or two to four of a vector. */
export interface WebgpuUniform {
  type: 'int32' | 'float32' | 'uint32';
  data: number[];
}

/** What we use of the backend (4.22: `WebGPUBackend`). */
export interface WebgpuBackend extends tf.KernelBackend {
  readonly device: WebgpuDevice;
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms?: WebgpuUniform[],
  ): tf.TensorInfo;
  makeTensorInfo(
    shape: number[],
    dtype: tf.DataType,
    values?: tf.backend_util.TypedArray,
  ): tf.TensorInfo;
}

/** What we use of a `GPUDevice`. */
export interface WebgpuDevice {
  readonly limits: {
    maxStorageBufferBindingSize: number;
    maxBufferSize: number;
    maxStorageBuffersPerShaderStage: number;
  };
  readonly features: { has(name: string): boolean };
  readonly adapterInfo?: { subgroupMinSize?: number };
  createShaderModule(descriptor: { code: string }): object;
  pushErrorScope(filter: 'validation' | 'internal'): void;
  popErrorScope(): Promise<{ message: string } | null>;
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { error: { message: string } }) => void,
  ): void;
  readonly lost: Promise<{ reason: string; message: string }>;
  destroy(): void;
}

/** A kernel of ours: its name and what makes it for a backend. */
export interface WebgpuKernel {
  name: string;
  /** @param stock The kernel of TensorFlow.js that was registered under a name before ours. */
  make(backend: WebgpuBackend, stock: (name: string) => tf.KernelFunc): tf.KernelFunc;
}

/** Types a kernel function by its inputs and attributes. */
export function kernel<Inputs, KernelAttrs>(
  run: (inputs: Inputs, attrs: KernelAttrs) => tf.TensorInfo | tf.TensorInfo[],
): tf.KernelFunc {
  return ({ inputs, attrs }) => run(inputs as Inputs, attrs as KernelAttrs);
}

/** Whole numbers as a uniform. */
export function integers(...data: number[]): WebgpuUniform {
  return { type: 'int32', data };
}
