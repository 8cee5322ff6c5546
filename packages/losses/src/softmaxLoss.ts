import * as tf from '@tensorflow/tfjs-core';

/** One number for the batch, or one for each row. */
export type Reduction = 'mean' | 'none';

export interface LossOptions<R extends Reduction = Reduction> {
  /** Default `'mean'`, over the rows. */
  readonly reduction?: R;
}

/**
 * Differences of logits beyond this count as this. float32 ends at 3.4e38; with it a row's loss
 * and the mean of a batch stay finite for any finite logits.
 */
const LARGEST_DIFFERENCE = 1e38;

/**
 * A loss of softmax against soft rows t whose gradient is that of cross-entropy,
 *
 *     d/dy = softmax(y) Σt − t,
 *
 * written out rather than derived: exact where a derived one would meet 0 · ∞, and one
 * exponential in all. Labels are constants: no gradient reaches them.
 *
 * @param rowLoss The loss of each row, `[B]`, from targets and log softmax, both `[B, K]`.
 */
export function softmaxLoss(
  name: string,
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  reduction: Reduction,
  rowLoss: (targets: tf.Tensor2D, logProbabilities: tf.Tensor2D) => tf.Tensor1D,
): tf.Tensor {
  checkRows(name, yTrue, logits);
  if (reduction !== 'mean' && reduction !== 'none') {
    throw new RangeError(`${name}: reduction must be 'mean' or 'none', got '${reduction}'`);
  }
  const count = logits.shape[0] as number;
  const loss = tf.customGrad((y, save) => {
    // Inputs alone are saved: the softmax of the gradient costs less than it would to keep it.
    (save as tf.GradSaveFunc)([y as tf.Tensor, yTrue]);
    const rows = rowLoss(asFloat(yTrue), logSoftmax(asFloat(y as tf.Tensor)));
    return {
      // Divided before they are summed: the sum of large losses may not fit float32.
      value: reduction === 'none' ? rows : tf.sum<tf.Scalar>(tf.div(rows, count)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [logP, t] = [logSoftmax(asFloat(saved[0])), asFloat(saved[1])];
        const gradient = tf.sub(tf.mul(tf.exp(logP), tf.sum(t, 1, true)), t);
        const weight = reduction === 'none' ? tf.reshape(dy, [count, 1]) : tf.div(dy, count);
        return tf.mul(gradient, weight);
      },
    };
  });
  return tf.tidy(() => loss(logits));
}

function asFloat(rows: tf.Tensor | undefined): tf.Tensor2D {
  return tf.cast(rows as tf.Tensor2D, 'float32');
}

/** log softmax of each row; the largest logit goes first, so that no exponential overflows. */
function logSoftmax(logits: tf.Tensor2D): tf.Tensor2D {
  const fromLargest = tf.sub<tf.Tensor2D>(logits, tf.max(logits, 1, true));
  // `where` and not `maximum`, which on some backends turns a NaN into the bound and hides it.
  const tooFar = tf.less(fromLargest, -LARGEST_DIFFERENCE);
  const bounded = tf.where(tooFar, tf.fill(logits.shape, -LARGEST_DIFFERENCE), fromLargest);
  return tf.sub(bounded, tf.log(tf.sum(tf.exp(bounded), 1, true)));
}

function checkRows(name: string, yTrue: tf.Tensor, logits: tf.Tensor): void {
  const [labels, rows] = [yTrue, logits].map(({ shape }) => `[${shape.join(', ')}]`);
  if (logits.rank !== 2 || labels !== rows) {
    const way = yTrue.rank < logits.rank ? '; make rows of class ids with tf.oneHot' : '';
    throw new RangeError(
      `${name}: labels and logits must both be [B, K], got labels ${labels} and logits ${rows}${way}`,
    );
  }
}
