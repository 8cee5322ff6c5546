import * as tf from '@tensorflow/tfjs-core';
import type { Pass } from './Replica.js';

/** What is read of a step. */
export interface StepReading {
  loss: number;
  accuracy: number;
  /** The sum of all gradients, which is finite only when each of them is. */
  gradientSum: number;
}

/** Loss, accuracy and the sum of all gradients of a pass, `[3]`, the caller's. */
export function stepNumbers({ loss, logits, gradients }: Pass, ys: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const hits = tf.equal(tf.argMax(logits, -1), tf.argMax(ys, -1));
    return tf.stack([loss, tf.mean(tf.cast(hits, 'float32')), sumOfAll(gradients)]);
  });
}

/** The sum of all numbers, a scalar: in few passes where the backend has a kernel for it. */
function sumOfAll(tensors: tf.NamedTensorMap): tf.Tensor {
  const all = Object.values(tensors);
  if (all.length === 0) return tf.scalar(0);
  return tf.getKernel('BclSumOfAll', tf.getBackend())
    ? (tf.engine().runKernel('BclSumOfAll', tensors) as tf.Tensor)
    : tf.sum(tf.stack(all.map((tensor) => tf.sum(tensor))));
}

/** Reads the numbers of a pass. One read. */
export async function readStep(pass: Pass, ys: tf.Tensor): Promise<StepReading> {
  const numbers = stepNumbers(pass, ys);
  try {
    return readingOf(await numbers.data());
  } finally {
    numbers.dispose();
  }
}

/** What the three numbers of a step say. */
export function readingOf(numbers: ArrayLike<number>): StepReading {
  const [loss, accuracy, gradientSum] = Array.from(numbers) as [number, number, number];
  return { loss, accuracy, gradientSum };
}

/** Whether a step may be taken: the loss and all gradients are finite. */
export function isFiniteStep({ loss, gradientSum }: StepReading): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradientSum);
}
