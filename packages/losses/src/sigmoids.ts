import * as tf from '@tensorflow/tfjs-core';
import { LARGEST_LOGIT } from './rowLoss.js';

/** What the sigmoid σ says of each logit y, `[B, K]`. */
export interface Sigmoids {
  /** σ(y), the probability of yes; as `no`, to the last digit however small. */
  yes: tf.Tensor2D;
  /** σ(−y) = 1 − σ(y), the probability of no. */
  no: tf.Tensor2D;
  /** −log σ(y), what a yes costs. */
  costOfYes: tf.Tensor2D;
  /** −log σ(−y), what a no costs. */
  costOfNo: tf.Tensor2D;
}

/** One exponential, of −|y|, which cannot overflow, serves them all. */
export function sigmoids(logits: tf.Tensor2D): Sigmoids {
  const y = bounded(logits);
  const positive = tf.greater<tf.Tensor2D>(y, 0);
  const size = tf.abs<tf.Tensor2D>(y);
  const small = tf.exp<tf.Tensor2D>(tf.neg(size));
  const likely = tf.div<tf.Tensor2D>(1, tf.add(1, small));
  const unlikely = tf.mul<tf.Tensor2D>(small, likely);
  const cheap = tf.log1p<tf.Tensor2D>(small);
  const dear = tf.add<tf.Tensor2D>(size, cheap);
  return {
    yes: tf.where(positive, likely, unlikely),
    no: tf.where(positive, unlikely, likely),
    costOfYes: tf.where(positive, cheap, dear),
    costOfNo: tf.where(positive, dear, cheap),
  };
}

/** Logits no further from 0 than the bound. NaN stays NaN, which `clipByValue` would hide. */
function bounded(y: tf.Tensor2D): tf.Tensor2D {
  const above = tf.where<tf.Tensor2D>(
    tf.greater(y, LARGEST_LOGIT),
    tf.fill(y.shape, LARGEST_LOGIT),
    y,
  );
  return tf.where(tf.less(above, -LARGEST_LOGIT), tf.fill(y.shape, -LARGEST_LOGIT), above);
}
