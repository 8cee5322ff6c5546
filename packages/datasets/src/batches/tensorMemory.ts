import * as tf from '@tensorflow/tfjs-core';
import type { ImageBatchShape, RawImages } from '../augment/images.js';

/** What we use of the TensorFlow.js wasm backend (4.22: `BackendWasm`). */
interface WasmBackend extends tf.KernelBackend {
  wasm: { asm: { memory: WebAssembly.Memory } };
  dataIdMap: { get(id: tf.DataId): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/** A tensor of images whose values are still to be written. */
export interface TensorMemory {
  /** Its values; to be written before anything else is done with the backend. */
  readonly data: Float32Array;
  readonly tensor: tf.Tensor4D;
}

/**
 * A new tensor in the heap of the wasm backend and its values there, so that a batch is written where it is used; `undefined` where
 * that is another backend, or not as we know it, or has no room.
 */
export function tensorMemory(shape: ImageBatchShape): TensorMemory | undefined {
  if (tf.getBackend() !== 'wasm') return undefined;
  const backend = tf.backend() as WasmBackend;
  const known =
    backend.wasm?.asm?.memory instanceof WebAssembly.Memory &&
    typeof backend.makeOutput === 'function' &&
    typeof backend.dataIdMap?.get === 'function';
  if (!known) return undefined;
  const info = backend.makeOutput([...shape], 'float32');
  const tensor = tf.engine().makeTensorFromTensorInfo(info, backend) as tf.Tensor4D;
  const offset = backend.dataIdMap.get(info.dataId).memoryOffset;
  if (!(offset > 0)) {
    tensor.dispose();
    return undefined;
  }
  // Read only now: making room may have replaced the buffer.
  const { buffer } = backend.wasm.asm.memory;
  return { data: new Float32Array(buffer, offset, tensor.size), tensor };
}

/**
 * Images as a tensor.
 *
 * @param lent Whether their memory is used for something else afterwards.
 */
export function imageTensor({ data, shape }: RawImages<Float32Array>, lent: boolean): tf.Tensor4D {
  const memory = lent ? tensorMemory(shape) : undefined;
  if (!memory) return tf.tensor4d(lent ? data.slice() : data, [...shape]);
  memory.data.set(data);
  return memory.tensor;
}
