import * as tf from '@tensorflow/tfjs-core';

/** What of the wasm backend is needed to find a tensor in its memory. */
interface WasmBackend {
  wasm: { HEAPU8: Uint8Array };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
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
