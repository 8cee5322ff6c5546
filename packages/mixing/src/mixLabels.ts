import * as tf from '@tensorflow/tfjs-core';
import { checkMix } from './checks.js';
import { type Ratio, ratioColumn } from './ratio.js';

/** How two labels become one: shares of both, the larger one, or both at once. */
export type LabelRule = 'ratio' | 'single' | 'multi';

export interface MixLabelsOptions {
  /** Default `'ratio'`. */
  readonly rule?: LabelRule;
}

/**
 * Mixes two batches of labels. By rule,
 *
 * - `ratio`: t = r y1 + (1 − r) y2, what between-class learning trains on;
 * - `single`: t = y1 where r > 0.5, else y2;
 * - `multi`: t = y1 + y2, at most 1 for each class, for a loss on sigmoids.
 *
 * The last two are the paper's ablations; both do worse, `single` worse than not mixing at all.
 *
 * @param y1 Labels of the first examples, `[B, K]`, rows over classes.
 * @param y2 Labels of the second examples, the shape of `y1`.
 * @param ratio r, the share of `y1`, from 0 to 1: a number, or `[B]` as array or tensor.
 * @returns Mixed labels, the shape of `y1`, float32, owned by the caller. The inputs are kept.
 * @throws RangeError when the shapes differ, the ratio does not fit them or the rule is unknown.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { mixLabels } from '@bcl/mixing';
 *
 * const cat = tf.tensor2d([[1, 0, 0]]);
 * const dog = tf.tensor2d([[0, 0, 1]]);
 * mixLabels(cat, dog, 0.25).dataSync(); // => [0.25, 0, 0.75]
 * mixLabels(cat, dog, 0.25, { rule: 'single' }).dataSync(); // => [0, 0, 1]
 * mixLabels(cat, dog, 0.25, { rule: 'multi' }).dataSync(); // => [1, 0, 1]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284, section 4.3. They pair different classes only;
 * the bound of 1 matters where a class meets itself.
 */
export function mixLabels<T extends tf.Tensor>(
  y1: T,
  y2: T,
  ratio: Ratio,
  { rule = 'ratio' }: MixLabelsOptions = {},
): T {
  checkMix('mixLabels', y1, y2, ratio, 'y');
  checkLabelRule('mixLabels', rule);
  return tf.tidy(() => {
    const [rows1, rows2] = [tf.cast(y1, 'float32'), tf.cast(y2, 'float32')];
    if (rule === 'multi') return tf.minimum<T>(tf.add(rows1, rows2), 1);
    const each = y1.shape.map((side, axis) => (axis === 0 ? side : 1));
    const r = tf.reshape(ratioColumn(ratio, y1.shape[0] as number), each);
    if (rule === 'single') return tf.where(tf.greater(r, 0.5), rows1, rows2) as T;
    return tf.add<T>(tf.mul(r, rows1), tf.mul(tf.sub(1, r), rows2));
  });
}

/** Refuses a rule that there is not. */
export function checkLabelRule(name: string, rule: LabelRule): void {
  if (rule !== 'ratio' && rule !== 'single' && rule !== 'multi') {
    throw new RangeError(`${name}: rule must be 'ratio', 'single' or 'multi', got '${rule}'`);
  }
}
