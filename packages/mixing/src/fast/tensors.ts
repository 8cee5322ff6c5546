import * as tf from '@tensorflow/tfjs-core';
import type { ByteImages, BytePlan } from './BytePlan.js';
import { checkBatch, type MixBytesOptions, mixBytes } from './mixBytes.js';
import { mixPairs } from './mixPairs.js';
import { mixRows } from './mixRows.js';
import {
  areaBytes,
  type SweepExports,
  sweepExports,
  sweepModule,
  WasmPasses,
} from './wasmPasses.js';

/** What we use of the TensorFlow.js wasm backend (4.22: `BackendWasm`). */
interface WasmBackend extends tf.KernelBackend {
  wasm: {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    asm: { memory: WebAssembly.Memory };
  };
  dataIdMap: { get(id: tf.DataId): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/**
 * What `mixBytes` of `@bcl/mixing/fast` does, as tensors of the current backend. On the wasm backend the floats are written where
 * the tensor's values lie; elsewhere they are uploaded.
 *
 * @returns Mixed images, `[B, H, W, C]`, and label rows, `[B, K]`, float32, owned by the caller.
 * @throws RangeError as `mixBytes` does.
 *
 * @example
 * ```ts
 * import { ByteMixer } from '@bcl/mixing/fast';
 * import { mixBytesToTensors } from '@bcl/mixing/fast-tensors';
 *
 * const data = { images: Uint8Array.of(1, 3, 8, 4), labels: [0, 1], shape: [1, 2, 1] as const };
 * const options = { method: 'bc' as const, mean: [2], std: [2], numClasses: 2 };
 * const plan = new ByteMixer({ ...options, padding: 0, flip: 0, ratio: 0.75 }).draw(data, [0, 1]);
 * const mixed = mixBytesToTensors(data, plan, options);
 * mixed.images; // => [[[[0.375], [0.625]]], [[[2.125], [0.875]]]]
 * mixed.labels; // => [[0.75, 0.25], [0.25, 0.75]]
 * ```
 */
export function mixBytesToTensors(
  data: ByteImages,
  plan: BytePlan,
  options: MixBytesOptions,
): { images: tf.Tensor4D; labels: tf.Tensor2D } {
  const { count, classes } = checkBatch(data, plan, options);
  const rows = new Float32Array(count * classes);
  mixRows(data, plan, options.label, classes, rows);
  const labels = tf.tensor2d(rows, [count, classes]);
  const images = count > 0 && options.engine !== 'script' ? inHeap(data, plan, options) : undefined;
  if (images) return { images, labels };
  const { images: floats, shape } = mixBytes(data, plan, options);
  return { images: tf.tensor4d(floats, [...shape]), labels };
}

/** The images, written into the heap of the wasm backend; `undefined` where that is another backend, or not as we know it. */
function inHeap(
  data: ByteImages,
  plan: BytePlan,
  options: MixBytesOptions,
): tf.Tensor4D | undefined {
  const backend = tf.backend() as WasmBackend;
  const exports = heapExports(backend);
  if (!exports) return undefined;
  const { wasm } = backend;
  const { memory } = wasm.asm;
  const shape: [number, number, number, number] = [plan.ratio.length, ...data.shape];
  const scratch = wasm._malloc(areaBytes(data.shape) + 16) >>> 0;
  if (scratch === 0) return undefined;
  try {
    const info = backend.makeOutput(shape, 'float32');
    const images = tf.engine().makeTensorFromTensorInfo(info, backend) as tf.Tensor4D;
    const out = backend.dataIdMap.get(info.dataId).memoryOffset;
    if (out === 0) {
      throw new Error(
        `mixBytesToTensors: the wasm backend has no room for ${shape.join(' × ')} floats; use a smaller batch`,
      );
    }
    const base = Math.ceil(scratch / 16) * 16;
    mixPairs(new WasmPasses(data.shape, { memory, exports, base, out }), data, plan, options);
    return images;
  } finally {
    wasm._free(scratch);
  }
}

const instances = new WeakMap<WebAssembly.Memory, SweepExports>();

/** The passes over the heap of a backend that keeps it as 4.22 does, in memory that is not shared. */
function heapExports(backend: WasmBackend): SweepExports | undefined {
  if (tf.getBackend() !== 'wasm') return undefined;
  const memory = backend.wasm?.asm?.memory;
  const known =
    memory instanceof WebAssembly.Memory &&
    !(typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) &&
    typeof backend.wasm._malloc === 'function' &&
    typeof backend.wasm._free === 'function' &&
    typeof backend.makeOutput === 'function' &&
    typeof backend.dataIdMap?.get === 'function';
  const module = sweepModule();
  if (!known || !module) return undefined;
  let exports = instances.get(memory);
  if (!exports) {
    exports = sweepExports(module, memory);
    instances.set(memory, exports);
  }
  return exports;
}
