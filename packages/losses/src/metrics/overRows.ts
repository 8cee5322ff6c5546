import * as tf from '@tensorflow/tfjs-core';
import { logSoftmax } from '../logSoftmax.js';
import { asFloat, checkRows } from '../rowLoss.js';

/** What `rowMetrics` says of a row. */
export type Column =
  | 'truth'
  | 'said'
  | 'rank'
  | 'nll'
  | 'confidence'
  | 'share'
  | 'classes'
  | 'ratioError';

/**
 * A metric made of the columns of `rowMetrics`, each `[B]`.
 *
 * @param compute What is not returned of its tensors is disposed.
 */
export function overRows<T extends tf.Tensor>(
  name: string,
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  compute: (columns: Record<Column, tf.Tensor1D>) => T,
): T {
  checkRows(name, yTrue, logits);
  return tf.tidy(() => compute(columnsOf(asFloat(yTrue), asFloat(logits))));
}

function columnsOf(t: tf.Tensor2D, y: tf.Tensor2D): Record<Column, tf.Tensor1D> {
  const least = tf.fill<tf.Rank.R2>(y.shape, Number.NEGATIVE_INFINITY);
  // Differences are compared with 0: wasm takes tens of times as long to compare with a column.
  const largest = tf.greaterEqual(tf.sub(t, tf.max(t, 1, true)), 0);
  const truth = tf.argMax<tf.Tensor1D>(tf.where(largest, y, least), 1);
  const said = tf.argMax<tf.Tensor1D>(y, 1);
  const [atTruth, atSaid] = [oneHot(truth, t), oneHot(said, t)];
  const second = tf.argMax<tf.Tensor1D>(tf.where(tf.greater(atTruth, 0), least, t), 1);
  const atSecond = oneHot(second, t);

  const logP = logSoftmax(y);
  const [a, b] = [pick(t, atTruth), pick(t, atSecond)];
  const ratio = tf.sigmoid(tf.sub(pick(y, atTruth), pick(y, atSecond)));
  return {
    truth,
    said,
    rank: rankOf(y, pick(y, atTruth), truth),
    nll: tf.sum(tf.mul(t, tf.neg(logP)), 1),
    confidence: tf.exp(tf.max(logP, 1)),
    share: tf.div(pick(t, atSaid), tf.sum(t, 1)),
    classes: tf.sum(tf.cast(tf.greater(t, 0), 'float32'), 1),
    ratioError: tf.abs(tf.sub(ratio, tf.div(a, tf.add(a, b)))),
  };
}

/** Rows in the shape of `like` with a 1 at the index of each. */
function oneHot(index: tf.Tensor1D, like: tf.Tensor2D): tf.Tensor2D {
  return tf.cast(tf.oneHot(index, like.shape[1]) as tf.Tensor2D, 'float32');
}

/** The number at the 1 of each row. */
function pick(x: tf.Tensor2D, ones: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(x, ones), 1);
}

/** How many logits of each row stand before that of one class. Where any is NaN all do. */
function rankOf(y: tf.Tensor2D, logit: tf.Tensor1D, of: tf.Tensor1D): tf.Tensor1D {
  const ahead = tf.sub(y, tf.reshape(logit, [-1, 1]));
  const classes = tf.range(0, y.shape[1], 1, 'float32');
  const later = tf.sub(classes, tf.cast(tf.reshape(of, [-1, 1]), 'float32'));
  const ties = tf.logicalAnd(tf.equal(ahead, 0), tf.less(later, 0));
  const before = tf.logicalOr(tf.logicalNot(tf.lessEqual(ahead, 0)), ties);
  return tf.sum(tf.cast(before, 'float32'), 1);
}
