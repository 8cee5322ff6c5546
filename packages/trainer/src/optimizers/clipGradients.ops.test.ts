import * as tf from '@tensorflow/tfjs-core';
import { clipGradients } from './clipGradients.js';
import { sgd } from './sgd.js';

const gradients = () => ({ a: tf.tensor2d([[3, 0]]), b: tf.tensor1d([-4]) });

describe('clipGradients', () => {
  test('shortens all gradients alike, by the length of all of them', async () => {
    const clipped = clipGradients(gradients(), { norm: 2.5 });
    await expect(clipped.a).toBeAllClose([1.5, 0]);
    await expect(clipped.b).toBeAllClose([-2]);
    expect(clipped.a.shape).toEqual([1, 2]);
  });

  test('leaves gradients that are short enough, and those that are 0, as they are', async () => {
    const clipped = clipGradients(gradients(), { norm: 5 });
    await expect(clipped.a).toBeAllClose([3, 0], { rtol: 0, atol: 0 });
    const none = clipGradients({ a: tf.zeros([2]) }, { norm: 1 });
    await expect(none.a).toBeAllClose([0, 0], { rtol: 0, atol: 0 });
    expect(clipGradients({}, { norm: 1 })).toEqual({});
  });

  test('brings each number into its limits', async () => {
    const clipped = clipGradients(gradients(), { value: 3.5 });
    await expect(clipped.a).toBeAllClose([3, 0]);
    await expect(clipped.b).toBeAllClose([-3.5]);
  });

  test('returns one new tensor for each and keeps its inputs', () => {
    const given = gradients();
    const before = tf.memory().numTensors;
    const clipped = clipGradients(given, { norm: 1 });
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(clipped);
    tf.dispose(clipGradients(given, { value: 1 }));
    expect(tf.memory().numTensors).toBe(before);
    expect(given.a.isDisposed).toBe(false);
  });

  test.each([
    [{ norm: 0 }, 'the norm of clip must be a number above 0, got 0'],
    [{ value: Number.NaN }, 'the value of clip must be a number above 0, got NaN'],
    [{ norm: 1, value: 1 }, 'clip must be { norm } or { value }, got {"norm":1,"value":1}'],
    [{}, 'clip must be { norm } or { value }, got {}'],
  ])('refuses %j', (clip, message) => {
    expect(() => clipGradients({}, clip as never)).toThrow(
      new RangeError(`clipGradients: ${message}`),
    );
    expect(() => sgd({ learningRate: 1, clip: clip as never })).toThrow(
      new RangeError(`sgd: ${message}`),
    );
  });
});

test('an optimizer clips before weight decay and momentum', async () => {
  const w = tf.variable(tf.tensor1d([2]));
  const optimizer = sgd({ learningRate: 1, weightDecay: 0.5, clip: { value: 0.25 } });
  const before = tf.memory().numTensors;
  optimizer.step({ w }, { w: tf.tensor1d([100]) });
  expect(tf.memory().numTensors).toBe(before + 1);
  await expect(w).toBeAllClose([2 - 0.25 - 1]);
  optimizer.dispose();
  w.dispose();
});
