import type * as tf from '@tensorflow/tfjs-core';
import { backend_util, util } from '@tensorflow/tfjs-core';
import { type Geometry, geometryOf } from '../geometry.js';
import { directFilterGradient, directInputGradient } from './direct.js';
import { kernel, type WasmKernel } from './wasmKernel.js';
import { imageBytes, windowArguments } from './windowArguments.js';

interface DepthwiseAttrs {
  strides: [number, number] | number;
  dilations?: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Both gradients of a depthwise convolution, which TensorFlow.js lacks on wasm; its filter is `[height, width, channels, multiplier]`.
 * With a multiplier above 1 it is a convolution in as many groups as channels, in memory too.
 */
export const depthwiseKernels: WasmKernel[] = [
  {
    name: 'DepthwiseConv2dNativeBackpropInput',
    make: (heap) =>
      kernel<
        { dy: tf.TensorInfo; filter: tf.TensorInfo },
        DepthwiseAttrs & { inputShape: number[] }
      >(({ dy, filter }, { inputShape, ...attrs }) => {
        const info = depthwiseInfo(inputShape, filter.shape, attrs);
        const dx = heap.output(inputShape);
        if (info.outChannels !== info.inChannels) {
          directInputGradient(heap, heap.at(dy), heap.at(filter), heap.at(dx), grouped(info));
          return dx;
        }
        const { inBytes, outBytes } = imageBytes(info);
        const moves = windowArguments(info);
        for (let n = 0; n < info.batchSize; n++) {
          heap.kernels.depthwiseInputGradient(
            heap.at(dy) + n * outBytes,
            heap.at(filter),
            heap.at(dx) + n * inBytes,
            ...moves,
          );
        }
        return dx;
      }),
  },
  {
    name: 'DepthwiseConv2dNativeBackpropFilter',
    make: (heap) =>
      kernel<{ x: tf.TensorInfo; dy: tf.TensorInfo }, DepthwiseAttrs & { filterShape: number[] }>(
        ({ x, dy }, { filterShape, ...attrs }) => {
          const info = depthwiseInfo(x.shape, filterShape, attrs);
          const dFilter = heap.output(filterShape);
          heap.fill(heap.at(dFilter), util.sizeFromShape(filterShape) * 4, 0);
          if (info.outChannels !== info.inChannels) {
            directFilterGradient(heap, heap.at(x), heap.at(dy), heap.at(dFilter), grouped(info));
            return dFilter;
          }
          const { inBytes, outBytes } = imageBytes(info);
          const moves = windowArguments(info);
          for (let n = 0; n < info.batchSize; n++) {
            heap.kernels.depthwiseFilterGradient(
              heap.at(x) + n * inBytes,
              heap.at(dy) + n * outBytes,
              heap.at(dFilter),
              ...moves,
            );
          }
          return dFilter;
        },
      ),
  },
];

function depthwiseInfo(
  xShape: number[],
  filterShape: number[],
  { strides, dilations, pad, dimRoundingMode }: DepthwiseAttrs,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
}

function grouped(info: backend_util.Conv2DInfo): Geometry {
  return geometryOf(info, info.inChannels);
}
