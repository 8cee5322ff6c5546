import type * as tf from '@tensorflow/tfjs-core';
import type { Pass, Replica } from './Replica.js';

/** The tensor of a step in which numbers first were not finite. */
export interface Culprit {
  /** Its place among the tensors of a step, in the order in which they come about. */
  place: number;
  /** What it is and what that is likely to come from. */
  text: string;
}

/**
 * Says which tensor of a pass first held a number that is not finite, and what that is likely to
 * come from; null when all are finite.
 */
export async function describeNonFinite(
  replica: Replica,
  { logits, loss, gradients, before }: Pass,
  images: tf.Tensor,
  labels: tf.Tensor,
  learningRate: number,
): Promise<Culprit | null> {
  const weights = { ...replica.weights.trainable, ...before, ...replica.weights.frozen };
  const tooFast = `the learning rate of ${learningRate} is probably too high: try ${Number((learningRate / 10).toPrecision(2))}, or a warm-up`;
  const suspects: [string, tf.Tensor, string][] = [
    [
      'the images of the batch',
      images,
      'look for NaN or a standard deviation of 0 in the preprocessing',
    ],
    ['the labels of the batch', labels, 'label rows must be numbers that sum to 1'],
    ...Object.entries(weights).map(([name, weight]): [string, tf.Tensor, string] => [
      `the weight ${name}`,
      weight,
      `it was so before this step; load an earlier checkpoint, and if it comes again, ${tooFast}`,
    ]),
    ['the logits', logits, tooFast],
    [
      'the loss',
      loss,
      'the logits are finite, so the loss function is what overflows; those of @bcl/losses do not',
    ],
    ...Object.entries(gradients).map(([name, gradient]): [string, tf.Tensor, string] => [
      `the gradient of ${name}`,
      gradient,
      tooFast,
    ]),
  ];
  for (const [place, [name, tensor, cause]] of suspects.entries()) {
    const values = await tensor.data();
    let bad = 0;
    let first = 0;
    for (const value of values) {
      if (Number.isFinite(value)) continue;
      if (bad++ === 0) first = value;
    }
    if (bad > 0) {
      const where = `first in ${name} (${first} in ${bad} of ${values.length} numbers)`;
      return { place, text: `${where}; ${cause}` };
    }
  }
  return null;
}
