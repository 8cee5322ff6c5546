import * as tf from '@tensorflow/tfjs-core';
import { type Attempt, chooseBackend, judge, type SkippedBackend } from './chooseBackend.js';
import { shortly } from './importOptional.js';
import type { Off } from './KernelSet.js';
import { probes } from './probes/index.js';
import { type BackendName, backendNames, type Probe } from './probes/Probe.js';
import { importWasm } from './probes/wasm.js';
import { mayHaveGpu } from './probes/webgpu.js';
import { revectorize } from './wasm/revectorize.js';

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /**
   * Folder or URL that holds the wasm backend's `.wasm` files, with its last slash. Node finds them by
   * itself; a page needs it when its bundler moves files.
   */
  wasmPaths?: string;
  /**
   * Names of our kernels for wasm that are not to be used, or `'all'`; `[]` for none. Left out, it stays as it was: none at first.
   */
  wasmKernelsOff?: Off;
  /** The same for webgpu. */
  webgpuKernelsOff?: Off;
  /**
   * Has V8 pair the vectors of all WebAssembly, by an experimental flag: wasm trains about 1.4 times as fast. Node 24 or later on x86-64;
   * before wasm is first used. Default: whether Node was started with that flag, or the environment says `BCL_REVECTORIZE=1`.
   */
  revectorize?: boolean;
}

/** What {@link useBackend} chose. */
export interface BackendChoice {
  name: BackendName;
  /** Why this one, in a sentence that ends with what it runs on. */
  why: string;
  /** The faster ones that `'auto'` did not take; empty for a backend asked for by name. */
  skipped: SkippedBackend[];
}

/**
 * Makes a backend the one that TensorFlow.js computes with, readied and tried with a small product.
 *
 * `'auto'` takes the first that works of: TensorFlow's C library with a GPU (tfjs-node-gpu), WebGPU on a real
 * GPU, the C library on the CPU (tfjs-node), wasm, cpu. A GPU imitated by software is never chosen so, only by
 * name. On wasm and webgpu it also registers the kernels that training needs. Packages are
 * imported only when their turn comes; one that is missing or broken becomes a reason in `skipped`.
 *
 * @throws RangeError for a name that is none of them, or of a kernel that there is not, Error when a backend asked for by name does not work
 *   here, or the engine cannot pair vectors as `revectorize` asks.
 *
 * @example
 * ```ts
 * import { useBackend } from '@bcl/backends';
 *
 * const { name, why, skipped } = await useBackend('wasm');
 * name; // => 'wasm'
 * ```
 */
export async function useBackend(
  name: 'auto' | BackendName = 'auto',
  options: UseBackendOptions = {},
): Promise<BackendChoice> {
  // Whoever asks for what cannot be had is told, rather than given a slower backend.
  revectorize(options.revectorize);
  if (name === 'auto') return useFastest(options);
  if (!backendNames.includes(name)) {
    const valid = ['auto', ...backendNames].map((each) => `'${each}'`).join(', ');
    throw new RangeError(`useBackend: expected one of ${valid}, got ${quoted(name)}`);
  }
  const probe = await probes[name]();
  const reason = probe.available ? await ready(name, options) : probe.reason;
  if (reason !== undefined || !probe.available) {
    throw new Error(`useBackend: ${name} does not work here: ${reason}`);
  }
  return { name, why: `asked for by name: ${probe.device}`, skipped: [] };
}

async function useFastest(options: UseBackendOptions): Promise<BackendChoice> {
  const looked = new Map<BackendName, Probe>();
  const { chosen, skipped } = await chooseBackend(async (candidate): Promise<Attempt> => {
    const { name } = candidate;
    const probe = looked.get(name) ?? (await probeForAuto(name));
    looked.set(name, probe);
    const attempt = judge(candidate, probe);
    if ('reason' in attempt) return attempt;
    const reason = await ready(name, options);
    return reason === undefined ? attempt : { reason };
  });
  if (!chosen) {
    const reasons = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    throw new Error(`useBackend: no backend works here: ${reasons}`);
  }
  return { name: chosen.name, why: `${chosen.why}: ${chosen.found.device}`, skipped };
}

/** `auto` would take no software adapter, so it need not load Vulkan where no GPU can be. */
async function probeForAuto(name: BackendName): Promise<Probe> {
  if (name !== 'webgpu' || mayHaveGpu()) return probes[name]();
  return {
    available: false,
    reason:
      'this machine has no GPU (no device file of one in /dev); by name webgpu also takes a software one, slower than wasm',
  };
}

/** Readies a backend that was found and makes it the current one; or says why that failed. */
async function ready(name: BackendName, options: UseBackendOptions): Promise<string | undefined> {
  const before = tf.getBackend();
  try {
    if (name === 'wasm') await prepareWasm(options);
    await initialize(name);
    await tf.setBackend(name);
    await tryOut();
  } catch (error) {
    if (before && before !== name) await tf.setBackend(before);
    return `it fails to start: ${shortly(error)}${wayOut(name)}`;
  }
  await registerKernels(name, options);
  return undefined;
}

/** Only for the backend that they are of: nobody else loads the kernels. */
async function registerKernels(
  name: BackendName,
  { wasmKernelsOff, webgpuKernelsOff, revectorize }: UseBackendOptions,
): Promise<void> {
  if (name === 'wasm') {
    const { registerWasmKernels } = await import('./wasm/registerWasmKernels.js');
    await registerWasmKernels({
      ...(wasmKernelsOff && { off: wasmKernelsOff }),
      ...(revectorize !== undefined && { revectorize }),
    });
  }
  if (name === 'webgpu') {
    const { registerWebgpuKernels } = await import('./webgpu/registerWebgpuKernels.js');
    await registerWebgpuKernels(webgpuKernelsOff && { off: webgpuKernelsOff });
  }
}

/** Backends that are being made, for callers who come meanwhile: each would open a device of its own. */
const underWay = new Map<BackendName, Promise<void>>();

async function initialize(name: BackendName): Promise<void> {
  if (tf.engine().registry[name]) return;
  const made = underWay.get(name) ?? makeBackend(name).finally(() => underWay.delete(name));
  underWay.set(name, made);
  await made;
}

/**
 * Makes the backend's instance here rather than in `setBackend`, which would print the error that we want to
 * report, and leave the engine without a backend.
 */
async function makeBackend(name: BackendName): Promise<void> {
  const factory = tf.findBackendFactory(name);
  if (!factory) throw new Error(`its package registered no backend called ${name}`);
  const backend = await (name === 'webgpu' ? webgpuBackend() : factory());
  // The cpu backend greets its first user with the advice to install tfjs-node, which `skipped` gives already.
  if (name === 'cpu') Object.assign(backend, { firstUse: false });
  tf.engine().registry[name] = backend;
}

async function webgpuBackend(): Promise<tf.KernelBackend> {
  const { makeWebgpuBackend } = await import('./webgpu/makeWebgpuBackend.js');
  return makeWebgpuBackend();
}

/** A product that no backend hands over to the CPU: 1024 elements. */
async function tryOut(): Promise<void> {
  const product = tf.tidy(() => {
    const ones = tf.ones([32, 32]);
    return tf.matMul(ones, ones);
  });
  try {
    const values = await product.data();
    if (!values.every((value) => value === 32)) {
      throw new Error(`a 32 x 32 product of ones gives ${values[0]}, not 32`);
    }
  } finally {
    product.dispose();
  }
}

/** What the wasm backend must be told before it starts. */
async function prepareWasm({ wasmPaths }: UseBackendOptions): Promise<void> {
  if (tf.engine().registry.wasm) return;
  const imported = await importWasm();
  if (!imported.available) return;
  // Isolated pages would get its threaded build, in whose heap our kernels cannot work; they are faster alone.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (wasmPaths !== undefined) imported.module.setWasmPaths(wasmPaths);
}

function wayOut(name: BackendName): string {
  switch (name) {
    case 'tensorflow':
      return '; npm rebuild @tensorflow/tfjs-node --build-addon-from-source, or use another backend';
    case 'webgpu':
      return '; update the GPU’s driver, or use another backend';
    case 'wasm':
      return "; on a page, name the folder of its .wasm files: useBackend('wasm', { wasmPaths })";
    case 'cpu':
      return '';
  }
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
