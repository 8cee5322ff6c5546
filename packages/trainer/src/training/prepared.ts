import { DataIterator, type Dataset, type Preprocessing } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';

/** A batch to evaluate. Its taker disposes it. */
export interface PreparedBatch {
  /** Images as the model wants them. */
  xs: tf.Tensor;
  /** Rows `[B, K]` of the classes. */
  ys: tf.Tensor;
  /** Soft rows `[B, K]`, where the data set has them. */
  soft?: tf.Tensor;
}

/** Changes raw images, in the size of the model's, before they are normalised; returns new ones and keeps those. */
export type Attacked = (images: tf.Tensor4D, labels: tf.Tensor2D) => tf.Tensor4D;

/** A data set in order, preprocessed, and attacked before that where an attack is given. */
export async function* prepared(
  { softLabels, ...data }: Dataset,
  preprocessing: Preprocessing,
  batchSize: number,
  attacked: Attacked | undefined,
): AsyncGenerator<PreparedBatch, void, undefined> {
  preprocessing.checkDataset(data);
  const batches = new DataIterator(data, {
    batchSize: Math.min(batchSize, data.labels.length),
    ...(attacked ? {} : { preprocessing }),
  });
  for await (const { xs, ys, indices } of batches) {
    const soft = softLabels && softRows(softLabels, indices, ys);
    let images: tf.Tensor = xs;
    if (attacked) {
      try {
        images = tf.tidy(() => {
          // What an attack moves is what the model sees: images of its size.
          const sized = preprocessing.evaluation.apply(xs, preprocessing.evaluation.draw(xs.shape));
          return preprocessing.normalize(attacked(sized, ys));
        });
      } catch (error) {
        tf.dispose([ys, soft ?? []]);
        throw error;
      } finally {
        xs.dispose();
      }
    }
    yield { xs: images, ys, ...(soft ? { soft } : {}) };
  }
}

/** The soft rows of some examples, in the shape of their class rows. */
function softRows(softLabels: Float32Array, indices: Int32Array, { shape }: tf.Tensor): tf.Tensor {
  const [, classes] = shape as [number, number];
  const rows = new Float32Array(indices.length * classes);
  for (const [row, index] of indices.entries()) {
    rows.set(softLabels.subarray(index * classes, (index + 1) * classes), row * classes);
  }
  return tf.tensor2d(rows, [indices.length, classes]);
}
