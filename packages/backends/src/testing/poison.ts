import * as tf from '@tensorflow/tfjs-core';

/**
 * Fills memory of the GPU with NaN and gives it back, so that the next tensors of these sizes are made of it: an element that a kernel
 * does not write shows.
 */
export async function poison(...sizes: number[]): Promise<void> {
  const filled = sizes
    .filter((size) => size > 0)
    .map((size) => tf.add(tf.fill([size], Number.NaN), tf.zeros([size])));
  await Promise.all(filled.map((x) => x.data()));
  tf.dispose(filled);
}
