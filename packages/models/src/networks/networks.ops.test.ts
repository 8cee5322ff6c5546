import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { densenetBC } from './densenetBC.js';
import { shakeShake } from './shakeShake.js';

const inputShape = [5, 4, 3] as const;

// Recorded once: initial weights, shake ratios and gradients come out the same on every backend and in every release.
test.each<[string, () => LayersModel, loss: number, gradientNorm: number]>([
  [
    'shakeShake',
    () => shakeShake({ classes: 3, depth: 8, width: 4, inputShape, seed: 1 }),
    1.3175225,
    3.279996,
  ],
  [
    'densenetBC',
    () => densenetBC({ classes: 3, depth: 10, growth: 4, inputShape, seed: 1 }),
    1.207521,
    3.652988,
  ],
])('%s takes the same first step on every backend', async (_, build, loss, gradientNorm) => {
  const model = build();
  const numbers = Float32Array.from({ length: 4 * 60 }, (_, i) => Math.sin(i * i * 0.37));
  const x = tf.tensor4d(numbers, [4, ...inputShape]);
  const y = tf.tensor2d([1, 0, 0, 0, 0.5, 0.5, 0, 1, 0, 1, 0, 0], [4, 3]);
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true }) as tf.Tensor2D;
    return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
  });
  await expect(value).toBeAllClose([loss], { rtol: 1e-5 });
  const squares = await Promise.all(
    Object.values(grads).map(async (gradient) => tf.sum(tf.square(gradient)).data()),
  );
  const norm = Math.sqrt(squares.reduce((sum, [square = 0]) => sum + square, 0));
  expect(norm / gradientNorm).toBeCloseTo(1, 4);
  model.dispose();
});
