import * as tf from '@tensorflow/tfjs-core';
import { focal } from './focal.js';
import { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';

describe('sigmoidCrossEntropy', () => {
  test('has the gradient σ(y) − t to the last digit at both ends', async () => {
    const t = tf.tensor2d([[0, 1, 0, 1, 1, 0]]);
    const y = tf.tensor2d([[-40, 40, 40, -40, 1e4, -1e4]]);
    const gradient = tf.grad((x) => sigmoidCrossEntropy(t, x))(y);
    // e^−40; a sigmoid less 1 would lose the first.
    await expect(tf.mul(gradient, 2 ** 60)).toBeAllClose(
      [Math.exp(-40), 0, 1, -1, 0, 0].map((slope) => slope * 2 ** 60),
    );
  });

  test('asks each class by itself, whether a row names several or none', async () => {
    const y = tf.tensor2d([[1, -2, 3]]);
    const none = sigmoidCrossEntropy(tf.tensor2d([[0, 0, 0]]), y);
    const all = sigmoidCrossEntropy(tf.tensor2d([[1, 1, 1]]), y);
    // −log σ(−y) + log σ(y) = y, for each class.
    await expect(tf.sub(none, all)).toBeAllClose([2]);
  });
});

describe('focal', () => {
  const t = () => tf.tensor2d([[1, 0]]);

  test('is sigmoid cross-entropy where gamma is 0', async () => {
    const y = tf.tensor2d([[-3, 50]]);
    await expect(focal({ gamma: 0 })(t(), y)).toBeAllClose(sigmoidCrossEntropy(t(), y));
  });

  test('counts what is nearly right less and what is quite wrong in full', async () => {
    const right = tf.tensor2d([[4, -4]]);
    const wrong = tf.tensor2d([[-100, 100]]);
    const share = async (y: tf.Tensor) =>
      tf.div(focal({ gamma: 2 })(t(), y), sigmoidCrossEntropy(t(), y)).data();
    // (1 − σ(4))², which is σ(−4)².
    expect((await share(right))[0]).toBeCloseTo((1 / (1 + Math.exp(4))) ** 2, 7);
    expect((await share(wrong))[0]).toBeCloseTo(1, 6);
  });

  test('has the full gradient for the worst mistakes', async () => {
    const gradient = tf.grad((y) => focal({ gamma: 2 })(t(), y))(tf.tensor2d([[-1e4, 1e4]]));
    await expect(gradient).toBeAllClose([-1, 1]);
  });

  test('has no least value at a ratio: with soft labels it falls as logits grow', async () => {
    const soft = tf.tensor2d([[0.75, 0.25]]);
    const losses = [1, 4, 16].map((size) =>
      focal({ gamma: 2 })(soft, tf.tensor2d([[size * Math.log(3), -size * Math.log(3)]])),
    );
    const [atRatio, beyond, far] = await tf.stack(losses).data();
    expect(beyond).toBeLessThan(atRatio as number);
    expect(far).toBeLessThan(1e-3);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a gamma of %p', (gamma) => {
    expect(() => focal({ gamma })).toThrow(
      new RangeError(`focal: gamma must be a number from 0 up, got ${gamma}`),
    );
  });
});
