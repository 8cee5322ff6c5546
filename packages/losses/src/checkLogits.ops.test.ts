import * as tf from '@tensorflow/tfjs-core';
import { checkLogits } from './checkLogits.js';

const message =
  "wants logits, got what look like probabilities (rows sum to 1, all in 0..1): remove the softmax from the model's last layer";
const logits = () => tf.randomNormal([128, 10], 0, 2, 'float32', 5) as tf.Tensor2D;

describe('checkLogits', () => {
  test('lets logits pass, those of a fresh model included', async () => {
    for (const passing of [
      logits(),
      tf.zeros([4, 10]),
      tf.tensor2d([
        [0.5, 0.25],
        [0.5, 0.5],
      ]), // one row of two
      tf.tensor2d([[1.5, -0.5]]), // sums to 1, but is not in 0..1
      tf.tensor2d([[1], [1]]), // one class
    ]) {
      await expect(checkLogits(passing)).resolves.toBeUndefined();
    }
  });

  test('refuses probabilities, in the name of the loss', async () => {
    await expect(checkLogits(tf.softmax(logits()))).rejects.toThrow(
      new Error(`klDivergence ${message}`),
    );
    await expect(checkLogits(tf.softmax(logits()), 'softmaxCrossEntropy')).rejects.toThrow(
      new Error(`softmaxCrossEntropy ${message}`),
    );
    await expect(checkLogits(tf.tensor2d([[1, 0, 0]]))).rejects.toThrow(message);
  });

  test('refuses what is not finite, and counts the rows', async () => {
    const broken = tf.tensor2d([
      [1, 2],
      [Number.NaN, Number.NaN],
      [3, Number.POSITIVE_INFINITY],
    ]);
    await expect(checkLogits(broken)).rejects.toThrow(
      new Error(
        'klDivergence: logits must be finite, got NaN in 2 of 3 rows; lower the learning rate or check for empty images',
      ),
    );
  });

  test('refuses what is no batch of rows', async () => {
    await expect(checkLogits(tf.zeros([4]))).rejects.toThrow(
      new RangeError('checkLogits: logits must be [B, K], got [4]'),
    );
  });

  test('makes no tensor and keeps its input', async () => {
    const y = logits();
    const before = tf.memory().numTensors;
    await checkLogits(y);
    expect(tf.memory().numTensors).toBe(before);
    expect((await y.data()).length).toBe(1280);
  });
});
