import * as tf from '@tensorflow/tfjs-core';

/** Share of the first example in each mix, 0 to 1: one number for all, or one each, `[B]`. */
export type Ratio = number | ArrayLike<number> | tf.Tensor1D;

/** Refuses a ratio of the wrong length or, where reading it is free, outside 0..1. */
export function checkRatio(name: string, ratio: Ratio, count: number): void {
  if (ratio instanceof tf.Tensor) {
    if (ratio.rank !== 1 || ratio.shape[0] !== count) {
      throw new RangeError(
        `${name}: ratio must be one number or [${count}], one for each example, got [${ratio.shape.join(', ')}]`,
      );
    }
    return;
  }
  const shares = typeof ratio === 'number' ? [ratio] : ratio;
  if (typeof ratio !== 'number' && ratio.length !== count) {
    throw new RangeError(
      `${name}: ratio must be one number or ${count}, one for each example, got ${ratio.length}`,
    );
  }
  for (let i = 0; i < shares.length; i++) checkShare(name, shares[i] as number);
}

export function checkShare(name: string, share: number): void {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`${name}: ratio must lie in 0..1, got ${share}`);
  }
}

/** The ratio as a column, `[B, 1]`, to be spread over flattened examples. */
export function ratioColumn(ratio: Ratio, count: number): tf.Tensor2D {
  if (typeof ratio === 'number') return tf.fill([count, 1], ratio);
  if (ratio instanceof tf.Tensor) return tf.reshape(tf.cast(ratio, 'float32'), [count, 1]);
  return tf.tensor2d(Float32Array.from(ratio), [count, 1]);
}
