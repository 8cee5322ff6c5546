import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';

/** The only input of a layer that takes one. */
export function oneTensor(layer: string, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const list = Array.isArray(inputs) ? inputs : [inputs];
  const [x] = list;
  if (!x || list.length > 1) throw new Error(`${layer}: expected one input, got ${list.length}`);
  return x;
}

/** The shape of that input. */
export function oneShape(layer: string, shape: Shape | Shape[]): Shape {
  const list = Array.isArray(shape[0]) ? (shape as Shape[]) : [shape as Shape];
  const [only] = list;
  if (!only || list.length > 1) throw new Error(`${layer}: expected one input, got ${list.length}`);
  return only;
}
