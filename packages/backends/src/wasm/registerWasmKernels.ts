import * as tf from '@tensorflow/tfjs-core';
import { adamKernels } from './adam.js';
import { batchNormKernels } from './batchNorm.js';
import { registerBatchNormGradient } from './batchNormGradient.js';
import { betweenClassKernels } from './betweenClass.js';
import { concatKernels } from './concat.js';
import { conv2dKernels, WINOGRAD_FLAG } from './conv2d.js';
import { fusedKernels } from './fused.js';
import { Heap, type WasmBackend } from './heap.js';
import { identityKernels } from './identity.js';
import { type KernelBuild, kernelBuild, loadKernels } from './kernelModule.js';
import { matMulKernels } from './matMul.js';
import { maxPoolKernels } from './maxPool.js';
import { randomWeightsKernels } from './randomWeights.js';
import { sgdKernels } from './sgd.js';
import { sumKernels } from './sum.js';
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
  ...adamKernels,
  ...betweenClassKernels,
  ...concatKernels,
  ...randomWeightsKernels,
  ...sumKernels,
];

/** TensorFlow.js's own kernels that ours stand in for. */
const stock = new Map<string, tf.KernelConfig>();
let done: Promise<RegisteredKernels> | undefined;
let owner: tf.KernelBackend | undefined;

/**
 * Gives the wasm backend the kernels that training needs: the missing `Conv2DBackpropFilter`, and faster convolutions, matrix
 * products, batch normalisation and pooling gradients. Existing models speed up unchanged. Calling it again does nothing.
 *
 * The wasm backend must be the current one. Where its internals are not as expected, or the engine has no SIMD, nothing is
 * changed and the result says why.
 *
 * 3×3 convolutions of stride 1 go Winograd's way, with errors below 1e-5 of the largest value; `tf.env().set('BCL_WASM_WINOGRAD',
 * false)` has them computed directly: slower, with errors below 1e-6.
 */
export async function registerWasmKernels(): Promise<RegisteredKernels> {
  const backend = tf.backend();
  if (tf.getBackend() !== 'wasm') {
    return none(`the current backend is ${tf.getBackend()}, not wasm`);
  }
  if (owner !== backend) {
    owner = backend;
    done = register(backend as WasmBackend);
  }
  const result = await (done as Promise<RegisteredKernels>);
  // At every call: TensorFlow.js's gradients may have been registered since the last.
  if (result.build) registerBatchNormGradient();
  return result;
}

async function register(backend: WasmBackend): Promise<RegisteredKernels> {
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
  tf.env().registerFlag(WINOGRAD_FLAG, () => true);
  const heap = new Heap(backend, await loadKernels(memory, build));
  for (const { name, make } of kernels) {
    const before = tf.getKernel(name, 'wasm');
    if (before) {
      if (!stock.has(name)) stock.set(name, before);
      tf.unregisterKernel(name, 'wasm');
    }
    const compute = make(heap, stockKernel);
    tf.registerKernel({
      ...stock.get(name), // with what readies it for a backend
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: (call) => {
        // Values that another backend holds move here now; later the heap could grow under a kernel's view of it.
        for (const input of Object.values(call.inputs)) if (input) heap.at(input as tf.TensorInfo);
        return compute(call);
      },
    });
  }
  return { build, registered: kernels.map(({ name }) => name) };
}

function stockKernel(name: string): tf.KernelFunc {
  const found = stock.get(name);
  if (!found) throw new Error(`wasm backend: TensorFlow.js has no kernel ${name} to fall back to`);
  return found.kernelFunc;
}

function none(reason: string): RegisteredKernels {
  return { build: undefined, registered: [], reason };
}
