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
}

/** Looks at a batch in evaluation. The tensors stay the caller's. */
export async function forward(
  model: LayersModel,
  loss: Loss,
  xs: tf.Tensor,
  ys: tf.Tensor,
): Promise<Evaluated> {
  const tensors = tf.tidy(() => {
    // Unlike apply it frees each layer's output as soon as the next layers have it.
    const logits = model.predict(xs, { batchSize: xs.shape[0] as number }) as tf.Tensor;
    return { loss: tf.mean(loss(ys, logits)), rows: rowMetrics(ys, logits) };
  });
  try {
    const [loss, rows] = await Promise.all([tensors.loss.data(), tensors.rows.data<'float32'>()]);
    return { loss: loss[0] as number, rows };
  } finally {
    tf.dispose([tensors.loss, tensors.rows]);
  }
}
