import * as tf from '@tensorflow/tfjs-core';
import { classBalanced } from './classBalanced.js';
import { klDivergence } from './klDivergence.js';
import type { Loss } from './Loss.js';
import { labelSmoothing } from './labelSmoothing.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

describe('classBalanced', () => {
  test('weighs a one-hot row by its class and a mixed one by the ratio of its classes', async () => {
    const loss = classBalanced(softmaxCrossEntropy, [1, 2, 8]);
    const t = tf.tensor2d([
      [1, 0, 0],
      [0, 0, 1],
      [0.25, 0.75, 0],
      [0, 0.5, 0.5],
    ]);
    const rows = loss(t, tf.zeros([4, 3]), { reduction: 'none' });
    // All logits alike: every row costs log 3 before it is weighed.
    await expect(rows).toBeAllClose([1, 8, 1.75, 5].map((s) => s * Math.log(3)));
  });

  test('still teaches exactly the ratio of a mix with a rare class', async () => {
    const t = tf.tensor2d([[0.25, 0.75]]);
    const weights = [0.125, 1.875];
    const atRatio = tf.log(t);
    const loss = classBalanced(klDivergence, weights);
    await expect(loss(t, atRatio)).toBeAllClose([0]);
    await expect(tf.grad((y) => loss(t, y))(atRatio)).toBeAllClose([0, 0]);
    // Weighing the terms instead would pull away from it.
    const terms = (y: tf.Tensor) => softmaxCrossEntropy(tf.mul(t, tf.tensor1d(weights)), y);
    const [pull] = await tf.grad(terms)(atRatio).data();
    expect(Math.abs(pull as number)).toBeGreaterThan(0.3);
  });

  test('is the loss itself where all weights are 1', async () => {
    const t = tf.tensor2d([[0.25, 0.75]]);
    const y = tf.tensor2d([[3, -2]]);
    await expect(classBalanced(klDivergence, [1, 1])(t, y)).toBeAllClose(klDivergence(t, y));
  });

  test('refuses weights that do not fit', () => {
    expect(() => classBalanced(klDivergence, [1, -1])).toThrow(
      new RangeError('classBalanced: weights must be finite numbers from 0 up, got -1 for class 1'),
    );
    expect(() => classBalanced(klDivergence, [1, 1])(tf.zeros([4, 3]), tf.zeros([4, 3]))).toThrow(
      new RangeError('classBalanced: weights must be one for each of the 3 classes, got 2'),
    );
  });

  test('refuses a loss that gives no rows', () => {
    const scalar = ((t: tf.Tensor, y: tf.Tensor) => tf.losses.meanSquaredError(t, y)) as Loss;
    expect(() => classBalanced(scalar, [1, 1])(tf.zeros([4, 2]), tf.zeros([4, 2]))).toThrow(
      new RangeError(
        "classBalanced: loss must give one number a row, [B], where it is asked for reduction 'none', got []",
      ),
    );
  });
});

describe('labelSmoothing', () => {
  test('keeps the sum of a row, and the order of ratio labels', async () => {
    const seen: tf.Tensor[] = [];
    const spy = ((t: tf.Tensor, y: tf.Tensor) => {
      seen.push(tf.keep(tf.clone(t)));
      return softmaxCrossEntropy(t, y);
    }) as Loss;
    const t = tf.tensor2d([
      [1, 0, 0, 0],
      [0.75, 0.25, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
    labelSmoothing(spy, 0.5)(t, tf.zeros([4, 4]));
    const [smooth] = seen as [tf.Tensor];
    await expect(smooth).toBeAllClose(
      [
        [0.625, 0.125, 0.125, 0.125],
        [0.5, 0.25, 0.125, 0.125],
        [0.75, 0.75, 0.25, 0.25],
        [0, 0, 0, 0],
      ].flat(),
    );
    smooth.dispose();
  });

  test.each([-0.1, 1, Number.NaN])('refuses an epsilon of %p', (epsilon) => {
    expect(() => labelSmoothing(klDivergence, epsilon)).toThrow(
      new RangeError(`labelSmoothing: epsilon must be from 0 to below 1, got ${epsilon}`),
    );
  });
});
