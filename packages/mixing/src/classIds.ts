import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './checks.js';

/** Labels of a batch: class ids, `[B]`, or rows over classes, `[B, K]`; arrays or tensors. */
export type Labels =
  | ArrayLike<number>
  | ReadonlyArray<ArrayLike<number>>
  | tf.Tensor1D
  | tf.Tensor2D;

/**
 * The class of each example: its id, or the largest entry of its row, the first of equals.
 * Tensors are read at once, which webgpu cannot do.
 */
export function classIds(name: string, labels: Labels): ArrayLike<number> {
  if (labels instanceof tf.Tensor) return idsOfTensor(name, labels);
  if (!isRows(labels)) {
    for (let i = 0; i < labels.length; i++) {
      if (!Number.isInteger(labels[i])) {
        throw new TypeError(`${name}: labels must be class ids or rows, got ${labels[i]} at ${i}`);
      }
    }
    return labels;
  }
  return labels.map(largest);
}

/** Whether labels that are no tensor are rows over classes. */
export function isRows(
  labels: ArrayLike<number> | ReadonlyArray<ArrayLike<number>>,
): labels is ReadonlyArray<ArrayLike<number>> {
  return labels.length > 0 && typeof labels[0] === 'object';
}

function idsOfTensor(name: string, labels: tf.Tensor): ArrayLike<number> {
  if (labels.rank !== 1 && labels.rank !== 2) {
    throw new RangeError(`${name}: labels must be [B] or [B, K], got ${shapeText(labels)}`);
  }
  let values: ArrayLike<number>;
  try {
    values = labels.dataSync();
  } catch (cause) {
    throw new Error(
      `${name}: labels are a tensor that ${tf.getBackend()} cannot read at once; pass class ids as a plain array`,
      { cause },
    );
  }
  const [count = 0, classes] = labels.shape;
  if (classes === undefined) return classIds(name, values);
  return Array.from({ length: count }, (_, i) =>
    largest(Array.prototype.slice.call(values, i * classes, (i + 1) * classes)),
  );
}

function largest(row: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < row.length; k++) {
    if ((row[k] as number) > (row[best] as number)) best = k;
  }
  return best;
}
