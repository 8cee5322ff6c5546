export { availableThreads } from './availableThreads.js';
export type { SkippedBackend } from './chooseBackend.js';
export { type BackendReport, type BackendsReport, describeBackends } from './describeBackends.js';
export { findPackage, type InstalledPackage } from './findPackage.js';
export { type VariableGradients, variableGradients } from './gradients/variableGradients.js';
export { type AdapterReport, type BackendName, backendNames } from './probes/Probe.js';
export { SharedSum, type SharedSumHandle, type SharedSumOptions } from './SharedSum.js';
export { type BackendChoice, type UseBackendOptions, useBackend } from './useBackend.js';
export type { KernelBuild } from './wasm/kernelModule.js';
export {
  type RegisteredKernels,
  registerWasmKernels,
  type WasmKernelsOptions,
} from './wasm/registerWasmKernels.js';
export type { WasmFeatures } from './wasmFeatures.js';
export {
  type RegisteredWebgpuKernels,
  registerWebgpuKernels,
  type WebgpuKernelsOptions,
} from './webgpu/registerWebgpuKernels.js';
