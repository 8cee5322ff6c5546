import type * as tf from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** A kernel of ours: its TensorFlow.js name and what makes it over a heap. */
export interface WasmKernel {
  name: string;
  /** @param stock The kernel of TensorFlow.js that was registered under a name before ours. */
  make(heap: Heap, stock: (name: string) => tf.KernelFunc): tf.KernelFunc;
}

/** Types a kernel function by its inputs and attributes. */
export function kernel<Inputs, KernelAttrs>(
  run: (inputs: Inputs, attrs: KernelAttrs) => tf.TensorInfo | tf.TensorInfo[],
): tf.KernelFunc {
  return ({ inputs, attrs }) => run(inputs as Inputs, attrs as KernelAttrs);
}
