import * as tf from '@tensorflow/tfjs-core';
import { overRows } from './overRows.js';

/**
 * How often each class was taken for which: row i, column j counts the rows of class i whose
 * strongest logit is j. The class of a soft row is that of its largest share.
 *
 * @param yTrue Labels, `[B, K]`.
 * @param logits `[B, K]`.
 * @returns Counts, `[K, K]` int32, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { confusionMatrix } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[1, 0], [0, 1], [0, 1]]);
 * const logits = tf.tensor2d([[2, 1], [2, 1], [1, 2]]);
 * confusionMatrix(labels, logits).dataSync(); // => [1, 0, 1, 1]
 * ```
 */
export function confusionMatrix(yTrue: tf.Tensor, logits: tf.Tensor): tf.Tensor2D {
  return overRows('confusionMatrix', yTrue, logits, (columns) =>
    tf.cast(counts(columns, logits.shape[1] as number), 'int32'),
  );
}

/** The same as float32, from truth and answers. Call it inside of `tf.tidy`. */
export function counts(
  { truth, said }: { truth: tf.Tensor1D; said: tf.Tensor1D },
  classes: number,
): tf.Tensor2D {
  const [rows, answers] = [truth, said].map((index) =>
    tf.cast(tf.oneHot(index, classes), 'float32'),
  ) as [tf.Tensor2D, tf.Tensor2D];
  return tf.matMul(rows, answers, true);
}
