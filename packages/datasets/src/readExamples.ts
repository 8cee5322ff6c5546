import * as tf from '@tensorflow/tfjs-core';
import { prepareImages } from './batches/prepareImages.js';
import { checkBatchShape } from './checkPreprocessing.js';
import type { Dataset } from './dataset.js';
import { labelsOf } from './labelsOf.js';
import type { Preprocessing } from './preprocessing.js';

/** Some examples. `xs` and `ys` belong to whoever got them, who disposes them. */
export interface Batch {
  /** Images, `[B, H, W, C]` float32. */
  readonly xs: tf.Tensor4D;
  /** Labels as rows, `[B, K]` float32: 1 at the class, or the data set's soft labels where it has them. */
  readonly ys: tf.Tensor2D;
  /** Labels as class numbers, `[B]`. */
  readonly ids: Int32Array;
  /** Which examples of the data set these are, `[B]`; of a stream, their places in the order. */
  readonly indices: Int32Array;
  /** What the examples of a stream are called at their source. */
  readonly keys?: readonly string[];
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
  dataset: Dataset,
  indices: ArrayLike<number>,
  preprocessing?: Preprocessing,
): Batch {
  const { images, shape, classNames } = dataset;
  const { ids, rows } = labelsOf('readExamples', dataset, indices);
  const steps = preprocessing?.evaluation.steps ?? [];
  if (preprocessing) {
    checkBatchShape('readExamples', [ids.length, ...shape], preprocessing.shape, steps);
  }
  const pool = { data: images, indices: Int32Array.from(indices), shape };
  const prepared = prepareImages(pool, {
    steps,
    ...(preprocessing && { normalization: preprocessing }),
  });
  return {
    xs: tf.tensor4d(prepared.data, [...prepared.shape]),
    ys: tf.tensor2d(rows, [ids.length, classNames.length]),
    ids,
    indices: pool.indices,
  };
}
