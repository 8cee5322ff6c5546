import type * as tf from '@tensorflow/tfjs-core';

/** How far from 1 the sum of a row of float32 probabilities may lie. */
const SUM_TOLERANCE = 1e-3;

/**
 * Refuses what cannot be logits: probabilities, on which a loss of logits trains badly and says
 * nothing, and numbers that are not finite. Reads the tensor back, so call it once, in the first
 * step of training.
 *
 * @param logits What the model says, `[B, K]`.
 * @param loss Name of the loss that the message speaks for. Default `'klDivergence'`.
 * @throws Error when all rows lie in 0..1 and sum to 1, or when a row holds NaN or infinity.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { checkLogits } from '@bcl/losses';
 *
 * const logits = tf.tensor2d([[2, -1, 0]]);
 * await checkLogits(logits).then(() => 'fine'); // => 'fine'
 * await checkLogits(tf.softmax(logits)).catch(() => 'remove the softmax'); // => 'remove the softmax'
 * ```
 */
export async function checkLogits(logits: tf.Tensor, loss = 'klDivergence'): Promise<void> {
  const [rows = 0, classes] = logits.shape;
  if (classes === undefined || logits.rank !== 2) {
    throw new RangeError(`checkLogits: logits must be [B, K], got [${logits.shape.join(', ')}]`);
  }
  const values = await logits.data();
  checkFinite(values, rows, classes, loss);
  if (looksLikeProbabilities(values, rows, classes)) {
    throw new Error(
      `${loss} wants logits, got what look like probabilities (rows sum to 1, all in 0..1): remove the softmax from the model's last layer`,
    );
  }
}

function checkFinite(values: ArrayLike<number>, rows: number, classes: number, loss: string): void {
  const bad = new Set<number>();
  let first = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) continue;
    if (bad.size === 0) first = value;
    bad.add(Math.floor(i / classes));
  }
  if (bad.size > 0) {
    throw new Error(
      `${loss}: logits must be finite, got ${first} in ${bad.size} of ${rows} rows; lower the learning rate or check for empty images`,
    );
  }
}

/** A single class says nothing: its only probability is 1. */
function looksLikeProbabilities(values: ArrayLike<number>, rows: number, classes: number): boolean {
  if (rows === 0 || classes < 2) return false;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const value = values[row * classes + k] as number;
      if (!(value >= 0 && value <= 1 + SUM_TOLERANCE)) return false;
      sum += value;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) return false;
  }
  return true;
}
