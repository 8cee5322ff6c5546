import * as tf from '@tensorflow/tfjs-core';
import { inPlace } from './inPlace.js';

describe('inPlace', () => {
  test('changes the numbers of tensors and keeps their names, shapes and count', async () => {
    const given = { a: tf.tensor2d([1, 2, 3, 4], [2, 2]), b: tf.tensor1d([5]) };
    const before = tf.memory().numTensors;
    const { a, b } = await inPlace(given, (values) => {
      expect(values.map((each) => Array.from(each))).toEqual([[1, 2, 3, 4], [5]]);
      for (const each of values) each.set(Array.from(each, (x) => 2 * x));
    });
    await expect(a as tf.Tensor).toBeAllClose([2, 4, 6, 8]);
    await expect(tf.add(b as tf.Tensor, 1)).toBeAllClose([11]);
    expect((a as tf.Tensor).shape).toEqual([2, 2]);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});
