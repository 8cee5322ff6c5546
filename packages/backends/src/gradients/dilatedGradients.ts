import * as tf from '@tensorflow/tfjs-core';
import { usesOwn } from '../ownKernels.js';
import type { KernelGradient } from './KernelGradient.js';

interface ConvAttrs extends tf.NamedAttrMap {
  dilations: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
}

/**
 * Gradients of dilated convolutions, which TensorFlow.js refuses: `Conv2D` and `DepthwiseConv2dNative` where the backend has kernels
 * that know them.
 */
export const dilatedGradients: KernelGradient[] = [
  dilated('Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'),
  dilated(
    'DepthwiseConv2dNative',
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
  ),
];

function dilated(name: string, input: string, filter: string): KernelGradient {
  return {
    name,
    make: (stock) => (dy, saved, attrs) => {
      const { dilations = 1, strides, pad, ...rest } = attrs as ConvAttrs;
      const ones = [dilations].flat().every((dilation) => dilation === 1);
      const known = usesOwn(input) && usesOwn(filter);
      // A gradient of this gradient would not know of the dilation: TensorFlow.js's own refuses it.
      const taped = tf.engine().state.gradientDepth > 0;
      if (ones || !known || taped || Array.isArray(dy)) {
        return stock(dy, saved, attrs);
      }
      const [x, weights] = saved as [tf.Tensor, tf.Tensor];
      const common = { ...rest, dilations, strides, pad };
      const run = (kernel: string, inputs: tf.NamedTensorMap, more: object): tf.Tensor =>
        tf.engine().runKernel(kernel, inputs, { ...common, ...more } as unknown as tf.NamedAttrMap);
      return {
        x: () => run(input, { dy, filter: weights }, { inputShape: x.shape }),
        filter: () => run(filter, { x, dy }, { filterShape: weights.shape }),
      };
    },
  };
}
