import * as tf from '@tensorflow/tfjs-core';

/**
 * A weight in PyTorch's layout to ours: `[out, in, …]` to `[…, in, out]`, what has one axis or none as it is. The same
 * reordering serves dense layers, convolutions over time or images, and grouped ones, whose `in` counts the channels of one
 * group.
 *
 * @returns A new tensor, owned by the caller.
 */
export function fromTorchLayout(x: tf.Tensor): tf.Tensor {
  if (x.rank < 2) return tf.clone(x);
  return tf.transpose(x, [...axesOf(x).slice(2), 1, 0]);
}

/** The way back: `[…, in, out]` to `[out, in, …]`. */
export function toTorchLayout(x: tf.Tensor): tf.Tensor {
  if (x.rank < 2) return tf.clone(x);
  return tf.transpose(x, [x.rank - 1, x.rank - 2, ...axesOf(x).slice(0, -2)]);
}

function axesOf(x: tf.Tensor): number[] {
  return x.shape.map((_, axis) => axis);
}
