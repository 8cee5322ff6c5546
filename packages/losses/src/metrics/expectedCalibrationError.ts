import * as tf from '@tensorflow/tfjs-core';
import { overRows } from './overRows.js';

export interface CalibrationOptions {
  /** Bins of equal width that the confidences 0..1 are put into; 15 unless told. */
  readonly bins?: number;
}

/**
 * Expected calibration error: how far a model's confidence is from how often it is right,
 *
 *     ECE = Σ over bins of (n_bin / n) |accuracy − confidence|.
 *
 * Confidence is the largest probability of a row. Bin m of M holds those above (m − 1) / M and up to
 * m / M; accuracy and confidence are means over a bin. Being right, on a soft row, is the share of
 * the class that was named: a model that says exactly the ratio of every mix has an error of 0, as it
 * should, and one-hot rows count as always.
 *
 * @param yTrue Labels, `[B, K]`.
 * @param logits `[B, K]`.
 * @returns A scalar from 0 to 1, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes do not fit or the number of bins is none.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { expectedCalibrationError } from '@bcl/losses';
 *
 * const labels = tf.tensor2d([[1, 0], [1, 0]]);
 * const said = tf.log(tf.tensor2d([[0.9, 0.1], [0.3, 0.7]]));
 * expectedCalibrationError(labels, said).dataSync(); // => [0.4]
 * ```
 *
 * @see Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599, equation 3.
 */
export function expectedCalibrationError(
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  { bins = 15 }: CalibrationOptions = {},
): tf.Scalar {
  checkBins('expectedCalibrationError', bins);
  return overRows('expectedCalibrationError', yTrue, logits, ({ confidence, share }) => {
    const bin = tf.cast(tf.sub(tf.ceil(tf.mul(confidence, bins)), 1), 'int32');
    const inBin = tf.cast(tf.oneHot(bin, bins), 'float32') as tf.Tensor2D;
    // n_bin |accuracy − confidence| is the size of the bin's sum of differences.
    const off = tf.matMul(tf.reshape<tf.Rank.R2>(tf.sub(share, confidence), [1, -1]), inBin);
    return tf.div<tf.Scalar>(tf.sum(tf.abs(off)), confidence.size);
  });
}

/** Refuses a number of bins that is no whole number from 1. */
export function checkBins(name: string, bins: number): void {
  if (Number.isInteger(bins) && bins >= 1) return;
  throw new RangeError(`${name}: bins must be a whole number from 1 up, got ${bins}`);
}
