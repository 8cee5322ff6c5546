import { rowMetrics } from '@bcl/losses';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Loss } from './Loss.js';

/** What evaluation wants of a batch. */
export interface Evaluated {
  /** Mean over the batch. */
  loss: number;
  /** `rowMetrics` of labels and logits, row after row. */
  rows: Float32Array;
  /** The same of soft labels and logits, where soft labels were given. */
  softRows?: Float32Array;
}

/** Looks at a batch in evaluation. The tensors stay the caller's. */
export async function forward(
  model: LayersModel,
  loss: Loss,
  xs: tf.Tensor,
  ys: tf.Tensor,
  soft?: tf.Tensor,
): Promise<Evaluated> {
  const tensors = tf.tidy(() => {
    // Unlike apply it frees each layer's output as soon as the next layers have it.
    const logits = model.predict(xs, { batchSize: xs.shape[0] as number }) as tf.Tensor;
    const rows = [ys, ...(soft ? [soft] : [])].map((labels) => rowMetrics(labels, logits));
    return [tf.mean(loss(ys, logits)), ...rows];
  });
  try {
    const [mean, rows, softRows] = await Promise.all(tensors.map((x) => x.data<'float32'>()));
    return {
      loss: mean?.[0] as number,
      rows: rows as Float32Array,
      ...(softRows ? { softRows } : {}),
    };
  } finally {
    tf.dispose(tensors);
  }
}
