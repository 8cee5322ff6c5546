import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of TensorFlow.js
import { registerGradients } from './registerGradients.js';
import { variableGradients } from './variableGradients.js';

beforeAll(() => registerGradients());

describe('the gradient of relu', () => {
  test('passes on what stands above zero alone', async () => {
    const x = tf.tensor1d([-2, -0, 0, 1e-30, 3, Number.NaN]);
    const dy = tf.tensor1d([1, 2, 3, 4, -5, 6]);
    const dx = await tf
      .grad((x) => tf.relu(x))(x, dy)
      .data();
    expect(Array.from(dx, (value) => value + 0)).toEqual([0, 0, 0, 4, -5, Number.NaN]);
  });

  test('has a gradient of its own', async () => {
    const square = (x: tf.Tensor): tf.Tensor => tf.square(tf.relu(x));
    const second = tf.grad((x) => tf.sum(tf.grad(square)(x)));
    await expect(second(tf.tensor1d([-1, 2]))).toBeAllClose([0, 2]);
  });

  test('holds the output, not the input', () => {
    const w = tf.variable(tf.tensor1d([-1, 2]));
    const before = tf.memory().numDataBuffers;
    // What is saved is a clone, which is a copy where none of our kernels is.
    const copies = tf.tidy(() => tf.clone(w).dataId !== w.dataId) ? 1 : 0;
    const { value, grads } = variableGradients(() => {
      const x = tf.add(w, 1);
      const y = tf.relu(x);
      x.dispose();
      expect(tf.memory().numDataBuffers).toBe(before + 1 + copies);
      return tf.sum(y);
    }, [w]);
    expect(tf.memory().numDataBuffers).toBe(before + 2);
    tf.dispose([value, grads, w]);
  });
});
