import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../gradients/registerGradients.js';
import { KernelSet, type Off } from '../KernelSet.js';
import { composedFilterGradient } from './composedFilterGradient.js';
import { WINOGRAD_FLAG } from './conv2d.js';
import { Heap, type WasmBackend } from './heap.js';
import { type KernelBuild, kernelBuild, loadKernels } from './kernelModule.js';
import { revectorize } from './revectorize.js';
import { wasmKernels } from './wasmKernels.js';

/** Options of {@link registerWasmKernels}. */
export interface WasmKernelsOptions {
  /**
   * Names of kernels of ours that are not to be used, or `'all'`; `[]` for none. Left out, it stays as it was: none at first.
   */
  off?: Off;
  /**
   * Has V8 pair vectors of 128 bits into ones of 256, by its experimental flag `--experimental-wasm-revectorize`: a network trains
   * about 1.4 times as fast, to the same numbers. Node 24 or later on x86-64. It holds for all WebAssembly of the process, and has to be asked
   * for before these kernels are first used. Default: whether Node was started with that flag, or the environment says
   * `BCL_REVECTORIZE=1`.
   */
  revectorize?: boolean;
}

/** What `registerWasmKernels` did. */
export interface RegisteredKernels {
  /** The build of the kernels, or `undefined` when none could be used. */
  build: KernelBuild | undefined;
  /** Whether the engine pairs their vectors. */
  revectorized: boolean;
  /** Names of the kernels that are ours now. */
  registered: string[];
  /** Names of those that are switched off. */
  off: string[];
  /** Why nothing was registered. */
  reason?: string;
}

/** Our kernels over the heap of a backend, or why there are none. */
type Made =
  | { build: KernelBuild; revectorized: boolean; configs: readonly tf.KernelConfig[] }
  | { reason: string };

const set = new KernelSet(
  'wasm',
  'registerWasmKernels',
  wasmKernels.map(({ name }) => name),
  [composedFilterGradient],
);
let made: Promise<Made> | undefined;
let owner: tf.KernelBackend | undefined;

/**
 * Gives the wasm backend the kernels that training needs: the missing gradients of convolutions, and faster convolutions, matrix
 * products, batch normalisation and pooling gradients. Existing models speed up unchanged. Calling it again changes nothing but what
 * `off` says.
 *
 * The wasm backend must be the current one. Where its internals are not as expected, or the engine has no SIMD, TensorFlow.js's
 * kernels stay, the missing gradient of convolutions is composed of them, and the result says why.
 *
 * 3×3 convolutions of stride 1 or 2 go Winograd's way, with errors below 3e-5 of the largest value; `tf.env().set('BCL_WASM_WINOGRAD',
 * false)` has them computed directly: slower, with errors below 1e-6.
 *
 * @throws RangeError when `off` names a kernel that there is not; the message lists them.
 * @throws Error when `revectorize` is asked of an engine that cannot, or too late.
 */
export async function registerWasmKernels({
  off,
  revectorize: paired,
}: WasmKernelsOptions = {}): Promise<RegisteredKernels> {
  const wanted = off && set.parse(off);
  const backend = tf.backend();
  if (tf.getBackend() !== 'wasm') {
    return none(`the current backend is ${tf.getBackend()}, not wasm`);
  }
  if (owner !== backend) {
    const revectorized = revectorize(paired);
    owner = backend;
    made = make(backend as WasmBackend, revectorized);
  }
  const result = await (made as Promise<Made>);
  if ('reason' in result) {
    const { kernelName } = composedFilterGradient;
    if (!tf.getKernel(kernelName, 'wasm')) tf.registerKernel(composedFilterGradient);
    return none(result.reason);
  }
  if (paired && !result.revectorized) {
    throw new Error(
      'registerWasmKernels: revectorize must be asked for before the kernels are first used, and they are compiled; ask for it at the first call, or start Node with --experimental-wasm-revectorize',
    );
  }
  // At every call: TensorFlow.js's gradients may have been registered since the last.
  registerGradients();
  const { build, revectorized } = result;
  return { build, revectorized, ...set.install(result.configs, wanted) };
}

async function make(backend: WasmBackend, revectorized: boolean): Promise<Made> {
  const memory = backend.wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || typeof backend.wasm._malloc !== 'function') {
    return {
      reason:
        'this version of @tensorflow/tfjs-backend-wasm keeps its heap elsewhere; our kernels know 4.22',
    };
  }
  if (typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) {
    return {
      reason:
        'the wasm backend runs its threaded build, whose heap is shared; our kernels want the single-threaded one',
    };
  }
  const build = await kernelBuild();
  if (!build) return { reason: 'this JavaScript engine has no WebAssembly SIMD' };
  tf.env().registerFlag(WINOGRAD_FLAG, () => true);
  const heap = new Heap(backend, await loadKernels(memory, build, revectorized));
  const configs = wasmKernels.map(({ name, make }) => {
    const compute = make(heap, (name) => set.stock(name));
    return set.config(name, (call) => {
      // Values that another backend holds move here now; later the heap could grow under a kernel's view of it.
      for (const input of Object.values(call.inputs)) if (input) heap.at(input as tf.TensorInfo);
      return compute(call);
    });
  });
  return { build, revectorized, configs };
}

function none(reason: string): RegisteredKernels {
  return { build: undefined, revectorized: false, registered: [], off: [], reason };
}
