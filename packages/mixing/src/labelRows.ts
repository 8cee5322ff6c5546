import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './checks.js';
import { isRows, type Labels } from './classIds.js';

/**
 * Labels as float32 rows over classes, `[B, K]`, to be called within a tidy. Ids need `numClasses`.
 * Tensors are not read: an id beyond the last class becomes a row of zeros there.
 */
export function labelRows(
  name: string,
  labels: Labels,
  count: number,
  numClasses: number | undefined,
): tf.Tensor2D {
  const got = labels instanceof tf.Tensor ? (labels.shape[0] ?? 0) : labels.length;
  if (got !== count) {
    throw new RangeError(`${name}: as many labels as images are needed, got ${got} for ${count}`);
  }
  if (labels instanceof tf.Tensor) {
    if (labels.rank === 1) return oneHot(labels as tf.Tensor1D, needed(name, numClasses));
    if (labels.rank !== 2) {
      throw new RangeError(`${name}: labels must be [B] or [B, K], got ${shapeText(labels)}`);
    }
    checkWidth(name, labels.shape[1] as number, numClasses);
    return tf.cast(labels as tf.Tensor2D, 'float32');
  }
  if (isRows(labels)) {
    const width = (labels[0] as ArrayLike<number>).length;
    checkWidth(name, width, numClasses);
    const flat = new Float32Array(count * width);
    labels.forEach((row, i) => {
      checkWidth(name, row.length, width);
      flat.set(row, i * width);
    });
    return tf.tensor2d(flat, [count, width]);
  }
  const classes = needed(name, numClasses);
  for (let i = 0; i < count; i++) {
    const id = labels[i] as number;
    if (!(Number.isInteger(id) && id >= 0 && id < classes)) {
      throw new RangeError(
        `${name}: class ids must be integers from 0 to ${classes - 1}, got ${id} at ${i}; is numClasses right?`,
      );
    }
  }
  return oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), classes);
}

/** Cast afterwards: wasm's own float32 rows hold the bits of the integer 1. */
function oneHot(ids: tf.Tensor1D, classes: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(tf.cast(ids, 'int32'), classes) as tf.Tensor2D, 'float32');
}

function needed(name: string, numClasses: number | undefined): number {
  if (numClasses === undefined) {
    throw new RangeError(
      `${name}: class ids need numClasses, got none; set it in the Mixer's options or give rows`,
    );
  }
  return numClasses;
}

function checkWidth(name: string, width: number, numClasses: number | undefined): void {
  if (numClasses !== undefined && width !== numClasses) {
    throw new RangeError(`${name}: label rows must have ${numClasses} classes, got ${width}`);
  }
}
