import * as tf from '@tensorflow/tfjs-core';
import type { ConfiguredLoss, Loss, Reduction } from './Loss.js';
import { lossConfig } from './lossConfig.js';
import { makeLoss } from './makeLoss.js';
import { checkReduction, checkRows } from './rowLoss.js';

/**
 * Makes a loss in which each row counts by the weight of its class,
 *
 *     s = Σ t w,   loss = mean over rows of s · loss of the row.
 *
 * A one-hot row has the weight of its class, and a mixed one its classes' weights in the ratio of the
 * mix. A row is weighed as a whole, not each of its terms: the loss is then still least where
 * the model says exactly the ratio, while Σ w t log(t / p) would be least at p ~ w t, and teach
 * every mix with a rare class a ratio that its image does not have.
 *
 * The mean is over rows, not over the sum of their weights, as published (PyTorch's weighted
 * cross-entropy divides by the latter).
 *
 * @param loss Of labels and logits, which knows `reduction: 'none'`.
 * @param weights w, one for each class, from 0 up: of `effectiveNumberWeights`,
 * `inverseFrequencyWeights` or your own.
 * @returns A loss of labels and logits, for `model.compile({ loss })`.
 * @throws RangeError when a weight is negative or not finite or, on use, when there is not one for
 * each class.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { classBalanced, softmaxCrossEntropy } from '@bcl/losses';
 *
 * const loss = classBalanced(softmaxCrossEntropy, [0.5, 1.5]);
 * const labels = tf.tensor2d([[1, 0], [0, 1], [0.5, 0.5]]);
 * loss(labels, tf.zeros([3, 2]), { reduction: 'none' }).dataSync(); // => [0.3465736, 1.0397208, 0.6931472]
 * ```
 *
 * @see Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", arXiv:1901.05555;
 * the authors' code, richardaecn/class-balanced-loss, src/cifar_main.py. It divides by Σ t, which is
 * the number of rows where each row sums to 1.
 */
export function classBalanced(loss: Loss, weights: readonly number[]): ConfiguredLoss {
  const wrong = weights.findIndex((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (wrong >= 0) {
    throw new RangeError(
      `classBalanced: weights must be finite numbers from 0 up, got ${weights[wrong]} for class ${wrong}`,
    );
  }
  const w = [...weights];
  const inner = lossConfig(loss);
  const config = inner && ({ name: 'classBalanced', weights: w, loss: inner } as const);
  return makeLoss(config, (yTrue, logits, reduction) => {
    checkRows('classBalanced', yTrue, logits);
    checkReduction('classBalanced', reduction);
    if (w.length !== logits.shape[1]) {
      throw new RangeError(
        `classBalanced: weights must be one for each of the ${logits.shape[1]} classes, got ${w.length}`,
      );
    }
    return tf.tidy(() => {
      const rows: tf.Tensor = loss(yTrue, logits, { reduction: 'none' });
      if (rows.rank !== 1) {
        throw new RangeError(
          `classBalanced: loss must give one number a row, [B], where it is asked for reduction 'none', got [${rows.shape.join(', ')}]`,
        );
      }
      const s = tf.sum(tf.mul(yTrue, tf.tensor1d(w)), 1);
      return weighed(rows, s, reduction);
    });
  });
}

/** s · rows, or their mean, with the gradient written out: `Sum` and `Multiply` may have none here. */
function weighed(rows: tf.Tensor, s: tf.Tensor, reduction: Reduction): tf.Tensor {
  // Divided before they are summed: the sum of large losses may not fit float32.
  const share = reduction === 'none' ? s : tf.div(s, rows.size);
  const weigh = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([share]);
    const each = tf.mul<tf.Tensor>(x as tf.Tensor, share);
    return {
      value: reduction === 'none' ? each : tf.sum(each),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0] as tf.Tensor),
    };
  });
  return weigh(rows);
}
