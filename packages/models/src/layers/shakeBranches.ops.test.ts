import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { shakeBranches } from './shakeBranches.js';

const draw = { alpha: Float32Array.of(0.25, 1), beta: Float32Array.of(0.75, 0.5) };
const shapes = [
  [2, 2],
  [2, 1, 2, 1],
].map((shape) => ({ shape }));

describe.each(shapes)('shakeBranches of $shape', ({ shape }) => {
  const inputs = () =>
    [
      tf.tensor([1, 2, 3, 4], shape),
      tf.tensor([8, -4, 5, 6], shape),
      tf.tensor([4, 12, 100, -100], shape),
    ] as const;

  test('adds to the skip the first branch at α and the second at 1 - α', async () => {
    const [skip, x1, x2] = inputs();
    const before = tf.memory().numTensors;
    const y = shakeBranches(skip, x1, x2, draw);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(y.shape).toEqual(shape);
    await expect(y).toBeAllClose([1 + 2 + 3, 2 - 1 + 9, 3 + 5, 4 + 6]);
  });

  test('sends a gradient back whole to the skip and at β and 1 - β to the branches', async () => {
    const dy = tf.tensor([1, 2, 4, -8], shape);
    const gradients = tf.grads((skip: tf.Tensor, x1: tf.Tensor, x2: tf.Tensor) =>
      tf.sum(tf.mul(dy, shakeBranches(skip, x1, x2, draw))),
    )([...inputs()]);
    await expect(gradients[0] as tf.Tensor).toBeAllClose([1, 2, 4, -8]);
    await expect(gradients[1] as tf.Tensor).toBeAllClose([0.75, 1.5, 2, -4]);
    await expect(gradients[2] as tf.Tensor).toBeAllClose([0.25, 0.5, 2, -4]);
  });
});
