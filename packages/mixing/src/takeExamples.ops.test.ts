import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's ops
import { takeExamples } from './takeExamples.js';

const x = () => tf.tensor([1, 2, 3, 4, 5, 6], [3, 2, 1]);

describe('takeExamples', () => {
  test('takes the examples that are named, as often as they are', async () => {
    const taken = takeExamples(x(), Int32Array.of(2, 0, 2, 2));
    expect(taken.shape).toEqual([4, 2, 1]);
    await expect(taken).toBeAllClose([5, 6, 1, 2, 5, 6, 5, 6]);
  });

  test('adds up in each example what came to its copies', async () => {
    const weights = tf.tensor([1, 10, 2, 20, 3, 30, 4, 40], [4, 2, 1]);
    const gradient = tf.grad((a) =>
      tf.sum<tf.Scalar>(tf.mul(weights, takeExamples(a, Int32Array.of(2, 0, 2, 2)))),
    )(x());
    await expect(gradient).toBeAllClose([2, 20, 0, 0, 8, 80]);
  });

  test('returns one new tensor, and none more with a gradient', () => {
    const source = x();
    const before = tf.memory().numTensors;
    takeExamples(source, Int32Array.of(1));
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.grad((a) => tf.sum<tf.Scalar>(takeExamples(a, Int32Array.of(1, 1))))(source);
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  test('takes none', async () => {
    expect(takeExamples(x(), new Int32Array(0)).shape).toEqual([0, 2, 1]);
  });
});
