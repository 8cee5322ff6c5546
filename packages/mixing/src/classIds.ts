import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './checks.js';

/** Labels of a batch: class ids, `[B]`, or rows over classes, `[B, K]`; arrays or tensors. */
export type Labels =
  | ArrayLike<number>
  | ReadonlyArray<ArrayLike<number>>
  | tf.Tensor1D
  | tf.Tensor2D;

/** The classes of a batch: one for each example, or, where labels are multi-hot, a set for each. */
export type Classes =
  | { readonly ids: ArrayLike<number>; readonly sets?: never }
  | { readonly sets: readonly ReadonlySet<number>[]; readonly ids?: never };

/** A row over classes that sums to more than this holds several of them whole. */
const MULTI_HOT = 1.5;

/**
 * The class of each example: its id, or the largest entry of its row, the first of equals. Where a
 * row sums to 1.5 or more, all rows are multi-hot: the classes of each are its entries from 0.5 up.
 * Tensors are read at once, which webgpu cannot do.
 */
export function classesOf(name: string, labels: Labels): Classes {
  if (labels instanceof tf.Tensor) return classesOfTensor(name, labels);
  if (isRows(labels)) {
    if (!labels.some((row) => sum(row) >= MULTI_HOT)) return { ids: labels.map(largest) };
    return { sets: labels.map(whole) };
  }
  if (holdsIntegers(labels)) return { ids: labels };
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i])) {
      throw new TypeError(`${name}: labels must be class ids or rows, got ${labels[i]} at ${i}`);
    }
  }
  return { ids: labels };
}

/** Whether labels that are no tensor are rows over classes. */
export function isRows(
  labels: ArrayLike<number> | ReadonlyArray<ArrayLike<number>>,
): labels is ReadonlyArray<ArrayLike<number>> {
  return typeof labels[0] === 'object';
}

/** Whether two examples have a class in common. */
export function alike({ ids, sets }: Classes): (i: number, j: number) => boolean {
  if (ids) return (i, j) => ids[i] === ids[j];
  return (i, j) => {
    const other = sets[j] as ReadonlySet<number>;
    for (const k of sets[i] as ReadonlySet<number>) if (other.has(k)) return true;
    return false;
  };
}

/** Whether all of an array are integers by its type: a whole data set need not be looked through. */
function holdsIntegers(array: ArrayLike<number>): boolean {
  return (
    ArrayBuffer.isView(array) && !(array instanceof Float32Array || array instanceof Float64Array)
  );
}

function classesOfTensor(name: string, labels: tf.Tensor): Classes {
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
  if (classes === undefined) return classesOf(name, values);
  const row = (i: number) => Array.prototype.slice.call(values, i * classes, (i + 1) * classes);
  return classesOf(
    name,
    Array.from({ length: count }, (_, i) => row(i)),
  );
}

function largest(row: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < row.length; k++) {
    if ((row[k] as number) > (row[best] as number)) best = k;
  }
  return best;
}

function whole(row: ArrayLike<number>): Set<number> {
  const classes = new Set<number>();
  for (let k = 0; k < row.length; k++) if ((row[k] as number) >= 0.5) classes.add(k);
  return classes;
}

function sum(row: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < row.length; k++) total += row[k] as number;
  return total;
}
