import * as tf from '@tensorflow/tfjs-core';
import { classBalanced } from './classBalanced.js';
import { golden } from './fixtures/golden.js';
import { focal } from './focal.js';
import { klDivergence } from './klDivergence.js';
import type { Loss } from './Loss.js';
import { labelSmoothing } from './labelSmoothing.js';
import { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

/** Relative to max(1, |expected|), as the numbers' authors suggest for float32. */
const close = { rtol: 1e-5, atol: 1e-5 };
const each = { reduction: 'none' } as const;

/** Differences from 1000 and such leave float32 logits with 1e-4 at best; the input is rounded. */
const rounding = (logits: number[]) => Math.max(...logits.map((y) => Math.abs(y - Math.fround(y))));

describe('softTargets', () => {
  test.each(golden.softTargets)('$id', async (expected) => {
    const logits = tf.tensor2d(expected.logits, expected.shape);
    const targets = tf.tensor2d(expected.targets, expected.shape);
    const near = { rtol: close.rtol, atol: close.atol + 2 * rounding(expected.logits) };
    await expect(softmaxCrossEntropy(targets, logits)).toBeAllClose([expected.crossEntropy], near);
    await expect(klDivergence(targets, logits)).toBeAllClose([expected.kl], near);
    await expect(softmaxCrossEntropy(targets, logits, each)).toBeAllClose(
      expected.crossEntropyRows,
      near,
    );
    await expect(klDivergence(targets, logits, each)).toBeAllClose(expected.klRows, near);
    for (const loss of [softmaxCrossEntropy, klDivergence]) {
      const gradient = tf.grad((y) => loss(targets, y))(logits);
      await expect(gradient).toBeAllClose(expected.gradLogits, near);
    }
  });
});

describe('labelSmoothing', () => {
  test.each(golden.labelSmoothing)('epsilon $epsilon', async (expected) => {
    const { shape, labels, epsilon } = expected;
    const logits = tf.tensor2d(expected.logits, shape);
    const rows = tf.oneHot(tf.tensor1d(labels, 'int32'), shape[1]);
    const smoothed = labelSmoothing(softmaxCrossEntropy, epsilon);
    const given = tf.tensor2d(expected.targets, shape);
    for (const [loss, targets] of [
      [smoothed, rows],
      [softmaxCrossEntropy, given],
    ] as [Loss, tf.Tensor][]) {
      await expect(loss(targets, logits)).toBeAllClose([expected.crossEntropy], close);
      const gradient = tf.grad((y) => loss(targets, y))(logits);
      await expect(gradient).toBeAllClose(expected.gradLogits, close);
    }
  });
});

describe('classBalanced', () => {
  /** The loss that a name of the file stands for, such as `focal-0.5`. */
  const lossOf = (name: string): Loss => {
    if (name === 'softmax') return softmaxCrossEntropy;
    if (name === 'sigmoid') return sigmoidCrossEntropy;
    return focal({ gamma: Number(name.replace('focal-', '')) });
  };
  const cases = golden.classBalanced.flatMap(({ result, ...given }) =>
    Object.entries(result).map(([name, expected]) => ({ ...given, name, expected })),
  );
  test.each(cases)('$id, $name', async ({ name, expected, ...given }) => {
    const logits = tf.tensor2d(given.logits, given.shape);
    const targets = tf.tensor2d(given.targets, given.shape);
    const loss = classBalanced(lossOf(name), given.weights);
    await expect(loss(targets, logits)).toBeAllClose([expected.loss], close);
    const gradient = tf.grad((y) => loss(targets, y))(logits);
    await expect(gradient).toBeAllClose(expected.gradLogits, close);
  });
});
