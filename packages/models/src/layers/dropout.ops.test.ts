import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { Dropout } from './dropout.js';

// Recorded once; a change of these numbers breaks resuming and comparing runs.
const FIRST = [0, 4, 6, 8, 0, 12, 0, 0, 18, 0, 22, 0];
const SECOND = [2, 4, 6, 8, 0, 0, 14, 0, 18, 20, 0, 0];

const x = () => tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 6]);

test('Dropout gives the same numbers on every backend and in every release', async () => {
  const layer = new Dropout({ rate: 0.5, seed: 7 });
  const first = layer.apply(x(), { training: true }) as tf.Tensor;
  const second = layer.apply(x(), { training: true }) as tf.Tensor;
  await expect(first).toBeAllClose(FIRST);
  await expect(second).toBeAllClose(SECOND);
});

test('Dropout keeps or drops a gradient as it does the unit', async () => {
  const layer = new Dropout({ rate: 0.5, seed: 7 });
  const gradient = tf.grad((x: tf.Tensor) => {
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    return tf.sum(tf.mul(y, y));
  })(x());
  // The derivative of (mask · x)² is 2 · mask · (mask · x), and a mask holds 0 or 2.
  await expect(gradient).toBeAllClose(FIRST.map((y) => 4 * y));
});

test('Dropout in evaluation gives back its input', async () => {
  const layer = new Dropout({ rate: 0.9 });
  const input = x();
  const before = tf.memory().numTensors;
  const y = layer.apply(input) as tf.Tensor;
  expect(tf.memory().numTensors).toBe(before + 1);
  await expect(y).toBeAllClose(await input.data());
  y.dispose();
  const trained = layer.apply(input, { training: true }) as tf.Tensor;
  expect(tf.memory().numTensors).toBe(before + 1);
  trained.dispose();
});
