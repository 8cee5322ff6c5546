import * as tf from '@tensorflow/tfjs-core';
import type { Reduction } from './Loss.js';

/**
 * Logits beyond this, and differences beyond it, count as this. float32 ends at 3.4e38: what is left
 * is room for sums over classes and for class weights, so that a loss stays finite for any finite
 * logits.
 */
export const LARGEST_LOGIT = 1e30;

/** A loss of each row with its gradient, from targets t and logits y, both `[B, K]` float32. */
export interface RowRule {
  /** `[B]`. */
  value(t: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor1D;
  /** With respect to the logits, `[B, K]`. */
  gradient(t: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D;
  /** Both in one pass, where the current backend has a kernel for it. */
  fused?(t: tf.Tensor2D, y: tf.Tensor2D): RowResult | undefined;
}

/** What {@link RowRule} gives: losses `[B]` and their gradient `[B, K]`. */
export interface RowResult {
  value: tf.Tensor1D;
  gradient: tf.Tensor2D;
}

/**
 * A loss whose gradient is written out rather than derived: exact where a derived one would meet
 * 0 · ∞. Labels are constants: no gradient reaches them.
 */
export function rowLoss(
  name: string,
  yTrue: tf.Tensor,
  logits: tf.Tensor,
  reduction: Reduction,
  { value, gradient, fused }: RowRule,
): tf.Tensor {
  checkRows(name, yTrue, logits);
  checkReduction(name, reduction);
  const count = logits.shape[0] as number;
  return tf.tidy(() => {
    // Made before the op that is differentiated, which may save for the way back only what was there.
    const both = fused?.(asFloat(yTrue), asFloat(logits));
    const loss = tf.customGrad((y, save) => {
      // Composed, what the gradient needs costs less to compute again than to keep.
      (save as tf.GradSaveFunc)([y as tf.Tensor, yTrue, ...(both ? [both.gradient] : [])]);
      const rows = both ? tf.clone(both.value) : value(asFloat(yTrue), asFloat(y as tf.Tensor));
      return {
        // Divided before they are summed: the sum of large losses may not fit float32.
        value: reduction === 'none' ? rows : tf.sum<tf.Scalar>(tf.div(rows, count)),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [y, t, known] = saved as [tf.Tensor, tf.Tensor, tf.Tensor2D | undefined];
          const weight = reduction === 'none' ? tf.reshape(dy, [count, 1]) : tf.div(dy, count);
          // A gradient of this gradient needs the operations that it is made of.
          const composed = known === undefined || tf.engine().isTapeOn();
          return tf.mul(composed ? gradient(asFloat(t), asFloat(y)) : known, weight);
        },
      };
    });
    return loss(logits);
  });
}

/** Refuses labels and logits that are not two `[B, K]` of one shape. */
export function checkRows(name: string, yTrue: tf.Tensor, logits: tf.Tensor): void {
  const [labels, rows] = [yTrue, logits].map(({ shape }) => `[${shape.join(', ')}]`);
  if (logits.rank !== 2 || labels !== rows) {
    const way = yTrue.rank < logits.rank ? '; make rows of class ids with tf.oneHot' : '';
    throw new RangeError(
      `${name}: labels and logits must both be [B, K], got labels ${labels} and logits ${rows}${way}`,
    );
  }
}

/** Refuses a reduction that there is not. */
export function checkReduction(name: string, reduction: Reduction): void {
  if (reduction !== 'mean' && reduction !== 'none') {
    throw new RangeError(`${name}: reduction must be 'mean' or 'none', got '${reduction}'`);
  }
}

/** Rows as float32, whatever they are kept as. */
export function asFloat(rows: tf.Tensor): tf.Tensor2D {
  return tf.cast(rows as tf.Tensor2D, 'float32');
}
