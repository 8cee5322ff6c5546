import * as tf from '@tensorflow/tfjs-core';

/**
 * Averages what a model says of several windows of each image: probabilities, after the softmax, not logits.
 *
 * @param logits The model's output for the windows of {@link nCrop}, `[B · n, K]`; kept.
 * @param crops n, windows of each image.
 * @returns Probabilities, `[B, K]`, owned by the caller.
 * @throws RangeError when the rows are no multiple of `crops`.
 */
export function averageCrops(logits: tf.Tensor2D, crops: number): tf.Tensor2D {
  const [rows, classes] = logits.shape;
  if (!Number.isInteger(crops) || crops < 1) {
    throw new RangeError(`averageCrops: crops must be a whole number from 1, got ${crops}`);
  }
  if (logits.rank !== 2 || rows % crops !== 0) {
    throw new RangeError(
      `averageCrops: logits must be [B · ${crops}, K], ${crops} rows for each image, got [${logits.shape.join(', ')}]`,
    );
  }
  return tf.tidy(() => {
    const said = tf.reshape(tf.softmax(logits), [rows / crops, crops, classes]);
    return tf.mean<tf.Tensor2D>(said, 1);
  });
}
