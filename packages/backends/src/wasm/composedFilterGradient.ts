import * as tf from '@tensorflow/tfjs-core';
import { type Geometry, geometry } from '../geometry.js';
import { kernel } from './wasmKernel.js';

type Attrs = Parameters<typeof geometry>[2] & { filterShape: number[] };

/**
 * `Conv2DBackpropFilter` of TensorFlow.js's own operations, for where our kernels cannot be: the gradient is a convolution of the
 * images, their channels taken for images, with the gradient of the results as the filter. Slow, and it trains.
 */
export const composedFilterGradient: tf.KernelConfig = {
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc: kernel<{ x: tf.Tensor4D; dy: tf.Tensor4D }, Attrs>(({ x, dy }, attrs) => {
    const g = geometry(x.shape, attrs.filterShape, attrs);
    if (g.batch * g.outHeight * g.outWidth === 0) return tf.zeros(attrs.filterShape);
    return tf.tidy(() =>
      tf.transpose(
        tf.conv2d(
          tf.transpose(seen(x, g), [3, 1, 2, 0]),
          tf.transpose(dy, [1, 2, 0, 3]),
          [g.dilationHeight, g.dilationWidth],
          'valid',
          'NHWC',
          [g.strideHeight, g.strideWidth],
        ),
        [1, 2, 0, 3],
      ),
    );
  }),
};

/** The images as the filter sees them: with the zeros around, and without what it never reaches. */
function seen(x: tf.Tensor4D, g: Geometry): tf.Tensor4D {
  const height = (g.outHeight - 1) * g.strideHeight + (g.filterHeight - 1) * g.dilationHeight + 1;
  const width = (g.outWidth - 1) * g.strideWidth + (g.filterWidth - 1) * g.dilationWidth + 1;
  const after = (length: number, before: number, whole: number): number =>
    Math.max(0, length - before - whole);
  const padded = tf.pad4d(x, [
    [0, 0],
    [g.padTop, after(height, g.padTop, g.height)],
    [g.padLeft, after(width, g.padLeft, g.width)],
    [0, 0],
  ]);
  return tf.slice4d(padded, [0, 0, 0, 0], [-1, height, width, -1]);
}
