import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Loss } from './Loss.js';

/** Mean loss of a batch in evaluation, and the class that the model says of each example. */
export async function forward(
  model: LayersModel,
  loss: Loss,
  xs: tf.Tensor,
  ys: tf.Tensor,
): Promise<{ loss: number; said: Int32Array }> {
  const tensors = tf.tidy(() => {
    // Unlike apply it frees each layer's output as soon as the next layers have it.
    const logits = model.predict(xs, { batchSize: xs.shape[0] as number }) as tf.Tensor;
    return { loss: tf.mean(loss(ys, logits)), said: tf.argMax(logits, -1) };
  });
  try {
    const [mean] = await tensors.loss.data();
    return { loss: mean as number, said: await tensors.said.data<'int32'>() };
  } finally {
    tf.dispose([tensors.loss, tensors.said]);
  }
}
