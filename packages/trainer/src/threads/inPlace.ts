import * as tf from '@tensorflow/tfjs-core';

/** What of the wasm backend is needed to find a tensor in its memory. */
interface WasmBackend {
  wasm: { HEAPU8: Uint8Array };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
}

/** The bytes of a tensor in the memory of the wasm backend, until that grows; null on other backends. */
export function heapBytes(x: tf.Tensor): Uint8Array | null {
  if (tf.getBackend() !== 'wasm') return null;
  const { wasm, dataIdMap } = tf.backend() as unknown as WasmBackend;
  const { memoryOffset } = dataIdMap.get(x.dataId);
  return wasm.HEAPU8.subarray(memoryOffset, memoryOffset + byteLength(x));
}

/** Bytes that the numbers of a tensor take. */
export function byteLength({ size, dtype }: { size: number; dtype: tf.DataType }): number {
  return size * tf.util.bytesPerElement(dtype);
}

/**
 * Lets a function change the numbers of float32 tensors. On the wasm backend it works in the
 * backend's own memory; elsewhere on copies, of which new tensors are made.
 *
 * @param tensors Given away: those returned take their place. None may share its memory with another.
 * @param change Must not call TensorFlow.js: the memory might move.
 */
export async function inPlace(
  tensors: tf.NamedTensorMap,
  change: (values: Float32Array[]) => void,
): Promise<tf.NamedTensorMap> {
  const list = Object.values(tensors);
  if (tf.getBackend() === 'wasm') {
    const { wasm, dataIdMap } = tf.backend() as unknown as WasmBackend;
    const { buffer } = wasm.HEAPU8;
    change(
      list.map(
        ({ dataId, size }) => new Float32Array(buffer, dataIdMap.get(dataId).memoryOffset, size),
      ),
    );
    return tensors;
  }
  const copies = await Promise.all(list.map(async (x) => Float32Array.from(await x.data())));
  change(copies);
  const changed = Object.keys(tensors).map((name, i) => {
    return [name, tf.tensor(copies[i] as Float32Array, list[i]?.shape)] as const;
  });
  tf.dispose(list);
  return Object.fromEntries(changed);
}
