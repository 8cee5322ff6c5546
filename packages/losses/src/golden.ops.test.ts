import * as tf from '@tensorflow/tfjs-core';
import { golden } from './fixtures/golden.js';
import { klDivergence } from './klDivergence.js';
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
    const logits = tf.tensor2d(expected.logits, expected.shape);
    const targets = tf.tensor2d(expected.targets, expected.shape);
    await expect(softmaxCrossEntropy(targets, logits)).toBeAllClose([expected.crossEntropy], close);
    const gradient = tf.grad((y) => softmaxCrossEntropy(targets, y))(logits);
    await expect(gradient).toBeAllClose(expected.gradLogits, close);
  });
});
