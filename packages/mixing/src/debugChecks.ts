import * as tf from '@tensorflow/tfjs-core';

/** Width of the band around 1 that the sum of a float32 label row may fall in. */
const SUM_TOLERANCE = 1e-3;

/** Reads images and refuses NaN and infinity. */
export function checkFinite(name: string, images: tf.Tensor): void {
  const values = images.dataSync();
  const count = images.shape[0] as number;
  const size = values.length / count;
  const bad = new Set<number>();
  let first = Number.NaN;
  values.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    if (bad.size === 0) first = value;
    bad.add(Math.floor(i / size));
  });
  if (bad.size > 0) {
    const [where] = bad;
    throw new RangeError(
      `${name}: images must be finite, got ${first} in image ${where}, ${bad.size} of ${count} in all; check the file and its preprocessing`,
    );
  }
}

/** Reads label rows and refuses those that are no shares of classes and not multi-hot. */
export function checkSums(name: string, rows: tf.Tensor2D): void {
  const sums = tf.sum(rows, 1).dataSync();
  const hot = tf.all(tf.logicalOr(tf.equal(rows, 0), tf.equal(rows, 1)), 1).dataSync();
  const row = sums.findIndex((sum, i) => !hot[i] && !(Math.abs(sum - 1) <= SUM_TOLERANCE));
  if (row >= 0) {
    throw new RangeError(
      `${name}: label rows must sum to 1, or hold 0 and 1 alone, got ${sums[row]} in row ${row}`,
    );
  }
}
