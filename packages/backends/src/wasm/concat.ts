import type * as tf from '@tensorflow/tfjs-core';
import { backend_util, util } from '@tensorflow/tfjs-core';
import { kernel, type WasmKernel } from './wasmKernel.js';

/**
 * `Concat` and `SplitV`, which is the gradient of the other, of float32: rows copied to where they go. For values of another type the kernels
 * of TensorFlow.js go on serving.
 */
export const concatKernels: WasmKernel[] = [
  {
    name: 'Concat',
    make: (heap, stock) => {
      const ours = kernel<Record<string, tf.TensorInfo>, { axis: number }>((inputs, { axis }) => {
        const parts = Object.values(inputs);
        const [first] = parts as [tf.TensorInfo];
        const [along] = util.parseAxisParam(axis, first.shape) as [number];
        const shapes = parts.map(({ shape }) => shape);
        backend_util.assertParamsConsistent(shapes, along);
        const y = heap.output(backend_util.computeOutShape(shapes, along));
        const { rows, bytes } = rowsOf(y.shape, along);
        let at = heap.at(y);
        for (const part of parts) {
          const width = rowsOf(part.shape, along).bytes;
          heap.kernels.copyRows(heap.at(part), width, at, bytes, rows, width);
          at += width;
        }
        return y;
      });
      return (call) => {
        const parts = Object.values(call.inputs) as unknown as tf.TensorInfo[];
        return (parts.every(isFloat) ? ours : stock('Concat'))(call);
      };
    },
  },
  {
    name: 'SplitV',
    make: (heap, stock) => {
      const ours = kernel<
        { x: tf.TensorInfo },
        { numOrSizeSplits: number[] | number; axis: number }
      >(({ x }, { numOrSizeSplits, axis }) => {
        const [along] = util.parseAxisParam(axis, x.shape) as [number];
        const sizes = backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along);
        const parts = sizes.map((size) =>
          heap.output(x.shape.map((s, i) => (i === along ? size : s))),
        );
        const { rows, bytes } = rowsOf(x.shape, along);
        let at = heap.at(x);
        for (const part of parts) {
          const width = rowsOf(part.shape, along).bytes;
          heap.kernels.copyRows(at, bytes, heap.at(part), width, rows, width);
          at += width;
        }
        return parts;
      });
      return (call) => {
        const { x } = call.inputs as unknown as { x: tf.TensorInfo };
        return (isFloat(x) ? ours : stock('SplitV'))(call);
      };
    },
  },
];

function isFloat({ dtype }: tf.TensorInfo): boolean {
  return dtype === 'float32';
}

/** How many runs of values an axis cuts a tensor into, and the length of each in bytes. */
function rowsOf(shape: number[], axis: number): { rows: number; bytes: number } {
  return {
    rows: util.sizeFromShape(shape.slice(0, axis)),
    bytes: util.sizeFromShape(shape.slice(axis)) * 4,
  };
}
