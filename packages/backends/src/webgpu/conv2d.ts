import type * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvAttrs, geometry } from '../geometry.js';
import { filterGradient } from './filterGradient.js';
import { groupedForward } from './groupedForward.js';
import { inputGradient } from './inputGradient.js';
import { kernel, type WebgpuBackend, type WebgpuKernel } from './webgpuKernel.js';

/** An image has three channels, of which a tile would compute sixteen; one thread a value does as well. */
const FEW_CHANNELS = 4;

type OfFilter = { x: TensorInfo; dy: TensorInfo };
type OfInput = { dy: TensorInfo; filter: TensorInfo };

const ofFilter = (backend: WebgpuBackend): tf.KernelFunc =>
  kernel<OfFilter, ConvAttrs & { filterShape: number[] }>(({ x, dy }, attrs) => {
    const { filterShape } = attrs;
    return filterGradient(backend, x, dy, filterShape, geometry(x.shape, filterShape, attrs));
  });

const ofInput = (backend: WebgpuBackend): tf.KernelFunc =>
  kernel<OfInput, ConvAttrs & { inputShape: number[] }>(({ dy, filter }, attrs) =>
    inputGradient(backend, dy, filter, geometry(attrs.inputShape, filter.shape, attrs)),
  );

/**
 * Both gradients of a convolution as tiled matrix products, in place of one thread a value that loops over everything; and, with a prefix,
 * the same in groups and forward, the filter being `[height, width, channels / groups, outputs]`. With channels first the gradients of
 * TensorFlow.js go on serving; and for an image's own, which has few channels.
 */
export const conv2dKernels: WebgpuKernel[] = [
  {
    name: 'Conv2DBackpropFilter',
    make: (backend, stock) => {
      const ours = ofFilter(backend);
      return (call) => (channelsLast(call.attrs) ? ours : stock('Conv2DBackpropFilter'))(call);
    },
  },
  {
    name: 'Conv2DBackpropInput',
    make: (backend, stock) => {
      const ours = ofInput(backend);
      return (call) => {
        const { inputShape, dilations = 1 } = call.attrs as unknown as ConvAttrs & {
          inputShape: number[];
        };
        const few = (inputShape[3] as number) <= FEW_CHANNELS && [dilations].flat().every(isOne);
        const serves = channelsLast(call.attrs) && !few;
        return (serves ? ours : stock('Conv2DBackpropInput'))(call);
      };
    },
  },
  { name: 'BclGroupedConv2DBackpropFilter', make: ofFilter },
  { name: 'BclGroupedConv2DBackpropInput', make: ofInput },
  {
    name: 'BclGroupedConv2D',
    make: (backend) =>
      kernel<{ x: TensorInfo; filter: TensorInfo }, ConvAttrs>(({ x, filter }, attrs) =>
        groupedForward(backend, x, filter, geometry(x.shape, filter.shape, attrs)),
      ),
  },
];

function channelsLast(attrs: unknown): boolean {
  return (attrs as ConvAttrs).dataFormat !== 'NCHW';
}

function isOne(value: number): boolean {
  return value === 1;
}
