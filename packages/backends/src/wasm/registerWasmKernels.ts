import * as tf from '@tensorflow/tfjs-core';
import { batchNormKernels } from './batchNorm.js';
import { registerBatchNormGradient } from './batchNormGradient.js';
import { conv2dKernels } from './conv2d.js';
import { fusedKernels } from './fused.js';
import { Heap, type WasmBackend } from './heap.js';
import { identityKernels } from './identity.js';
import { type KernelBuild, kernelBuild, loadKernels } from './kernelModule.js';
import { matMulKernels } from './matMul.js';
import { maxPoolKernels } from './maxPool.js';
import { sgdKernels } from './sgd.js';
import type { WasmKernel } from './wasmKernel.js';

/** What `registerWasmKernels` did. */
export interface RegisteredKernels {
  /** The build of the kernels, or `undefined` when none could be used. */
  build: KernelBuild | undefined;
  /** Names of the TensorFlow.js kernels that are now ours. */
  registered: string[];
  /** Why nothing was registered. */
  reason?: string;
}

const kernels: WasmKernel[] = [
  ...conv2dKernels,
  ...matMulKernels,
  ...batchNormKernels,
  ...maxPoolKernels,
  ...fusedKernels,
  ...identityKernels,
  ...sgdKernels,
];

let done: Promise<RegisteredKernels> | undefined;
let owner: tf.KernelBackend | undefined;

/**
 * Gives the wasm backend the kernels that training needs: the missing `Conv2DBackpropFilter`, and faster convolutions, matrix
 * products, batch normalisation and pooling gradients. Existing models speed up unchanged. Calling it again does nothing.
 *
 * The wasm backend must be the current one. Where its internals are not as expected, or the engine has no SIMD, nothing is
 * changed and the result says why.
 */
export function registerWasmKernels(): Promise<RegisteredKernels> {
  const backend = tf.backend();
  if (owner !== backend) {
    owner = backend;
    done = register(backend as WasmBackend);
  }
  return done as Promise<RegisteredKernels>;
}

async function register(backend: WasmBackend): Promise<RegisteredKernels> {
  const none = (reason: string): RegisteredKernels => ({
    build: undefined,
    registered: [],
    reason,
  });
  if (tf.getBackend() !== 'wasm') {
    return none(`the current backend is ${tf.getBackend()}, not wasm`);
  }
  const memory = backend.wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || typeof backend.wasm._malloc !== 'function') {
    return none(
      'this version of @tensorflow/tfjs-backend-wasm keeps its heap elsewhere; our kernels know 4.22',
    );
  }
  if (typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) {
    return none(
      'the wasm backend runs its threaded build, whose heap is shared; our kernels want the single-threaded one',
    );
  }
  const build = await kernelBuild();
  if (!build) return none('this JavaScript engine has no WebAssembly SIMD');
  const stock = new Map<string, tf.KernelFunc>();
  const stockKernel = (name: string): tf.KernelFunc => {
    const found = stock.get(name);
    if (!found)
      throw new Error(`wasm backend: TensorFlow.js has no kernel ${name} to fall back to`);
    return found;
  };
  const heap = new Heap(backend, await loadKernels(memory, build));
  for (const { name, make } of kernels) {
    const before = tf.getKernel(name, 'wasm');
    if (before) {
      stock.set(name, before.kernelFunc);
      tf.unregisterKernel(name, 'wasm');
    }
    tf.registerKernel({
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: make(heap, stockKernel),
    });
  }
  registerBatchNormGradient();
  return { build, registered: kernels.map(({ name }) => name) };
}
