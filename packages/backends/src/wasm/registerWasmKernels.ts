import * as tf from '@tensorflow/tfjs-core';
import { conv2dKernels } from './conv2d.js';
import { Heap, type WasmBackend } from './heap.js';
import { kernelBuild, type KernelBuild, loadKernels } from './kernelModule.js';
import { matMulKernels } from './matMul.js';

/** What `registerWasmKernels` did. */
export interface RegisteredKernels {
  /** The build of the kernels, or `undefined` when none could be used. */
  build: KernelBuild | undefined;
  /** Names of the TensorFlow.js kernels that are now ours. */
  registered: string[];
  /** Why nothing was registered. */
  reason?: string;
}

/** A kernel of ours: its TensorFlow.js name and what makes it over a heap. */
export interface WasmKernel {
  name: string;
  make(heap: Heap): tf.KernelFunc;
}

const kernels: WasmKernel[] = [...conv2dKernels, ...matMulKernels];

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
  const none = (reason: string): RegisteredKernels => ({ build: undefined, registered: [], reason });
  if (tf.getBackend() !== 'wasm') {
    return none(`the current backend is ${tf.getBackend()}, not wasm`);
  }
  const memory = backend.wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || typeof backend.wasm._malloc !== 'function') {
    return none('this version of @tensorflow/tfjs-backend-wasm keeps its heap elsewhere; our kernels know 4.22');
  }
  if (typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) {
    return none('the wasm backend runs its threaded build, whose heap is shared; our kernels want the single-threaded one');
  }
  const build = kernelBuild();
  if (!build) return none('this JavaScript engine has no WebAssembly SIMD');
  const heap = new Heap(backend, await loadKernels(memory, build));
  for (const { name, make } of kernels) {
    if (tf.getKernel(name, 'wasm')) tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({ kernelName: name, backendName: 'wasm', kernelFunc: make(heap) });
  }
  return { build, registered: kernels.map(({ name }) => name) };
}
