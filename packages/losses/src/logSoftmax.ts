import * as tf from '@tensorflow/tfjs-core';
import { LARGEST_LOGIT } from './rowLoss.js';

/** log softmax of each row; the largest logit goes first, so that no exponential overflows. */
export function logSoftmax(logits: tf.Tensor2D): tf.Tensor2D {
  const fromLargest = tf.sub<tf.Tensor2D>(logits, tf.max(logits, 1, true));
  // `where` and not `maximum`, which on some backends turns a NaN into the bound and hides it.
  const tooFar = tf.less(fromLargest, -LARGEST_LOGIT);
  const bounded = tf.where(tooFar, tf.fill(logits.shape, -LARGEST_LOGIT), fromLargest);
  return tf.sub(bounded, tf.log(tf.sum(tf.exp(bounded), 1, true)));
}
