import * as tf from '@tensorflow/tfjs-core';
import type { Pass } from './Replica.js';

/**
 * Loss and accuracy of a pass, and the sum of all its gradients, which is finite only when each of
 * them is. One read.
 */
export async function readStep(
  { loss, logits, gradients }: Pass,
  ys: tf.Tensor,
): Promise<{ loss: number; accuracy: number; gradientSum: number }> {
  const numbers = tf.tidy(() => {
    const hits = tf.equal(tf.argMax(logits, -1), tf.argMax(ys, -1));
    const sums = Object.values(gradients).map((gradient) => tf.sum(gradient));
    const gradientSum = sums.length > 0 ? tf.sum(tf.stack(sums)) : tf.scalar(0);
    return tf.stack([loss, tf.mean(tf.cast(hits, 'float32')), gradientSum]);
  });
  try {
    const [mean, accuracy, gradientSum] = (await numbers.data()) as unknown as [
      number,
      number,
      number,
    ];
    return { loss: mean, accuracy, gradientSum };
  } finally {
    numbers.dispose();
  }
}
