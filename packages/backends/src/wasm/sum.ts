import type * as tf from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { kernel, type WasmKernel } from './wasmKernel.js';

interface SumAttrs {
  axis?: number | number[];
  keepDims?: boolean;
}

/**
 * `Sum` over all axes but the last, which is the gradient of a bias: one pass, carried on in float64. For other axes and types the kernel
 * of TensorFlow.js goes on serving.
 */
export const sumKernels: WasmKernel[] = [
  {
    name: 'Sum',
    make: (heap, stock) => {
      const ours = kernel<{ x: tf.TensorInfo }, SumAttrs>(({ x }, { keepDims }) => {
        const channels = x.shape.at(-1) as number;
        const y = heap.output(
          keepDims ? x.shape.map((s, i) => (i < x.shape.length - 1 ? 1 : s)) : [channels],
        );
        heap.scratch([channels * 4, channels * 16], (pivot, sums) => {
          heap.fill(pivot, channels * 4, 0);
          const rows = util.sizeFromShape(x.shape.slice(0, -1));
          heap.kernels.channelMoments(heap.at(x), pivot, sums, rows, channels);
          heap.f32(heap.at(y), channels).set(heap.f64(sums, channels));
        });
        return y;
      });
      return (call) => {
        const { x } = call.inputs as unknown as { x: tf.TensorInfo };
        const { axis } = call.attrs as unknown as SumAttrs;
        const axes = new Set(util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape));
        const last = x.shape.length - 1;
        const leading = last > 0 && axes.size === last && !axes.has(last);
        return (leading && x.dtype === 'float32' ? ours : stock('Sum'))(call);
      };
    },
  },
];
