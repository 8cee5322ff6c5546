import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from './dataset.js';
import type { Preprocessing } from './preprocessing.js';

/** Some examples. `xs` and `ys` belong to whoever got them, who disposes them. */
export interface Batch {
  /** Images, `[B, H, W, C]` float32. */
  readonly xs: tf.Tensor4D;
  /** Labels as rows, `[B, K]` float32: 1 at the class, or the data set's soft labels where it has them. */
  readonly ys: tf.Tensor2D;
  /** Labels as class numbers, `[B]`. */
  readonly ids: Int32Array;
  /** Which examples of the data set these are, `[B]`. */
  readonly indices: Int32Array;
}

/**
 * Reads the examples of a data set that have these indices, in their order; one may come more than once.
 *
 * @param indices Places in the data set, `[B]`, from 0.
 * @param preprocessing What the images go through; without it they keep their values 0..255.
 * @throws RangeError when an index lies outside the data set.
 *
 * @example
 * ```ts
 * import { embedded, readExamples } from '@bcl/datasets';
 *
 * const { ids } = readExamples(embedded({ size: 10 }), [3, 3]);
 * ids[0] === ids[1]; // => true
 * ```
 */
export function readExamples(
  { images, labels, softLabels, shape, classNames }: Dataset,
  indices: ArrayLike<number>,
  preprocessing?: Preprocessing,
): Batch {
  const pixels = shape[0] * shape[1] * shape[2];
  const count = indices.length;
  const classes = classNames.length;
  const bytes = new Uint8Array(count * pixels);
  const ids = new Int32Array(count);
  const rows = new Float32Array(count * classes);
  for (let b = 0; b < count; b++) {
    const index = indices[b] as number;
    const id = labels[index];
    if (id === undefined) {
      throw new RangeError(
        `readExamples: indices must be whole numbers from 0 to ${labels.length - 1}, got ${index}`,
      );
    }
    bytes.set(images.subarray(index * pixels, (index + 1) * pixels), b * pixels);
    ids[b] = id;
    if (softLabels)
      rows.set(softLabels.subarray(index * classes, (index + 1) * classes), b * classes);
    else rows[b * classes + id] = 1;
  }
  const xs = preprocessing
    ? preprocessing.apply({ data: bytes, shape: [count, ...shape] })
    : tf.tensor4d(Float32Array.from(bytes), [count, ...shape]);
  const ys = tf.tensor2d(rows, [count, classes]);
  return { xs, ys, ids, indices: Int32Array.from(indices) };
}
