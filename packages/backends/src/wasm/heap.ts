import type * as tf from '@tensorflow/tfjs-core';
import type { KernelExports, Pointer } from './kernelModule.js';

/** What we use of the TensorFlow.js wasm backend (4.22: `BackendWasm`). */
export interface WasmBackend extends tf.KernelBackend {
  wasm: {
    _malloc(bytes: number): number;
    _free(pointer: Pointer): void;
    HEAPU8: Uint8Array;
    asm: { memory: WebAssembly.Memory };
  };
  dataIdMap: { get(id: tf.DataId): { memoryOffset: Pointer } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/** The backend's heap and the kernels that work in it. */
export class Heap {
  constructor(
    readonly backend: WasmBackend,
    readonly kernels: KernelExports,
  ) {}

  /** Where a tensor's values begin. */
  at(tensor: tf.TensorInfo): Pointer {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A new float32 tensor, its values not set. */
  output(shape: number[]): tf.TensorInfo {
    return this.backend.makeOutput(shape, 'float32');
  }

  /**
   * What to write over a tensor's values: itself, under one more reference, where nobody else holds them; else a new tensor like it.
   */
  over(tensor: tf.TensorInfo): tf.TensorInfo {
    const { dataId, shape, dtype } = tensor;
    if (this.backend.refCount(dataId) > 1) return this.output(shape);
    this.backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** View of `count` unsigned integers; valid until the next allocation. */
  u32(pointer: Pointer, count: number): Uint32Array {
    return new Uint32Array(this.backend.wasm.HEAPU8.buffer, pointer, count);
  }

  /** View of `count` float32 values; valid until the next allocation. */
  f32(pointer: Pointer, count: number): Float32Array {
    return new Float32Array(this.backend.wasm.HEAPU8.buffer, pointer, count);
  }

  /** View of `count` float64 values; valid until the next allocation. */
  f64(pointer: Pointer, count: number): Float64Array {
    return new Float64Array(this.backend.wasm.HEAPU8.buffer, pointer, count);
  }

  fill(pointer: Pointer, bytes: number, value: number): void {
    this.backend.wasm.HEAPU8.fill(value, pointer, pointer + bytes);
  }

  /**
   * Runs `body` with scratch areas of the given sizes in bytes, aligned to cache lines, and gives them back.
   *
   * @throws Error when the heap (4 GiB at most) has no room.
   */
  scratch<T>(sizes: number[], body: (...areas: Pointer[]) => T): T {
    const rounded = sizes.map((bytes) => lines(bytes));
    const total = rounded.reduce((sum, bytes) => sum + bytes, LINE);
    const base = this.backend.wasm._malloc(total) >>> 0;
    if (base === 0) {
      throw new Error(
        `wasm backend: no room for ${total} bytes of scratch memory; use a smaller batch`,
      );
    }
    try {
      let next = lines(base);
      const areas = rounded.map((bytes) => {
        const area = next;
        next += bytes;
        return area;
      });
      return body(...areas);
    } finally {
      this.backend.wasm._free(base);
    }
  }
}

/** Bytes of a cache line. */
const LINE = 64;

/** `bytes` rounded up to whole cache lines. */
function lines(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

/** `bytes` rounded up to an odd number of cache lines, so that steps of that size spread over all sets of a cache. */
export function oddLines(bytes: number): number {
  const count = Math.ceil(bytes / LINE);
  return (count % 2 === 0 ? count + 1 : count) * LINE;
}
