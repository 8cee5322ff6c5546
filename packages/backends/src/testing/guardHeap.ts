import * as tf from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../wasm/heap.js';

/** Bytes before and behind each allocation that nobody may touch. */
const FENCE = 1024;
/** Four of it are a float32 NaN. */
const POISON = 0xff;

/**
 * From now on, and for the rest of the process, every allocation in the heap of the wasm backend is filled with NaN and stands
 * between fences of NaN: what a kernel does not write, or reads from elsewhere, shows up as NaN, and freeing what a kernel wrote
 * past throws. Freed memory is filled with NaN too.
 */
export function guardHeap(): void {
  const { wasm } = tf.backend() as WasmBackend;
  wasm._free(wasm._malloc(1)); // at their first call Emscripten's stubs put the functions themselves in their place
  const { _malloc: malloc, _free: free } = wasm;
  const sizes = new Map<number, number>();
  wasm._malloc = (bytes) => {
    const start = malloc.call(wasm, bytes + 2 * FENCE) >>> 0;
    if (start === 0) return 0;
    wasm.HEAPU8.fill(POISON, start, start + bytes + 2 * FENCE);
    sizes.set(start + FENCE, bytes);
    return start + FENCE;
  };
  wasm._free = (pointer) => {
    const bytes = sizes.get(pointer >>> 0);
    if (bytes === undefined) return free.call(wasm, pointer);
    sizes.delete(pointer);
    const start = pointer - FENCE;
    const area = wasm.HEAPU8.subarray(start, start + bytes + 2 * FENCE);
    const intact = (fence: Uint8Array): boolean => fence.every((byte) => byte === POISON);
    const [before, behind] = [area.subarray(0, FENCE), area.subarray(FENCE + bytes)].map(intact);
    area.fill(POISON);
    free.call(wasm, start);
    if (!before || !behind) {
      throw new Error(`heap: written ${before ? 'behind' : 'before'} an area of ${bytes} bytes`);
    }
  };
}
