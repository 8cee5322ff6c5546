import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';

/** What TensorFlow.js tells the gradient of a pooling of it. */
export interface PoolAttrs {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
}

/**
 * How the windows of a pooling moved, for its gradient. Their number is that of the gradients: TensorFlow.js does not say how it was rounded.
 *
 * @param input `[batch, height, width, channels]`.
 * @param dy `[batch, outHeight, outWidth, channels]`.
 */
export function poolInfo(
  input: TensorInfo,
  dy: TensorInfo,
  { filterSize, strides, pad }: PoolAttrs,
): backend_util.Conv2DInfo {
  const shape = input.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad);
  const [, outHeight = 0, outWidth = 0] = dy.shape;
  return { ...info, outHeight, outWidth };
}
