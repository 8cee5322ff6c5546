import type * as tf from '@tensorflow/tfjs-core';
import { backend_util, util } from '@tensorflow/tfjs-core';
import { type MiddleAxes, middleAxes } from '../middleAxes.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

interface MeanAttrs {
  axis?: number | number[];
  keepDims?: boolean;
}

/** Float64 totals of as many channels as `means` takes at a time. */
const TOTALS_BYTES = 16 * 8;

/**
 * `Mean` over axes that follow each other and leave the last, which is global average pooling: one pass, carried on in float64. For other axes and
 * types the kernel of TensorFlow.js goes on serving. `BclMeanGrad` {dy} → dx is its gradient, for x of a `shape` and an `axis` of that kind.
 */
export const meanKernels: WasmKernel[] = [
  {
    name: 'Mean',
    make: (heap, stock) => (call) => {
      const { x } = call.inputs as unknown as { x: tf.TensorInfo };
      const { axis, keepDims } = call.attrs as unknown as MeanAttrs;
      const sizes = x.dtype === 'float32' ? middleAxes(x.shape, axis) : undefined;
      if (!sizes) return stock('Mean')(call);
      const { before, among, behind } = sizes;
      const axes = util.parseAxisParam(axis as number[], x.shape);
      const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
      const y = heap.output(keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape);
      heap.scratch([TOTALS_BYTES], (totals) =>
        heap.kernels.means(heap.at(x), heap.at(y), totals, before, among, behind),
      );
      return y;
    },
  },
  {
    name: 'BclMeanGrad',
    make: (heap) =>
      kernel<{ dy: tf.TensorInfo }, { shape: number[]; axis: number | number[] }>(
        ({ dy }, { shape, axis }) => {
          const dx = heap.output(shape);
          const { before, among, behind } = middleAxes(shape, axis) as MiddleAxes;
          heap.kernels.meansGradient(heap.at(dy), heap.at(dx), before, among, behind);
          return dx;
        },
      ),
  },
];
