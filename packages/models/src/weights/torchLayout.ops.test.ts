import * as tf from '@tensorflow/tfjs-core';
import { fromTorchLayout, toTorchLayout } from './torchLayout.js';

test.each([
  // torch.arange(6).reshape(2, 3).permute(1, 0)
  { torch: [2, 3], ours: [3, 2], values: [0, 3, 1, 4, 2, 5] },
  // torch.arange(12).reshape(2, 3, 2).permute(2, 1, 0)
  { torch: [2, 3, 2], ours: [2, 3, 2], values: [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11] },
  // torch.arange(12).reshape(3, 2, 1, 2).permute(2, 3, 1, 0)
  { torch: [3, 2, 1, 2], ours: [1, 2, 2, 3], values: [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11] },
  { torch: [4], ours: [4], values: [0, 1, 2, 3] },
  { torch: [], ours: [], values: [0] },
])('a weight of shape $torch becomes one of shape $ours, and comes back', async (layouts) => {
  const count = tf.util.sizeFromShape(layouts.torch);
  const theirs = tf.reshape(tf.range(0, count), layouts.torch);
  const before = tf.memory().numTensors;
  const ours = fromTorchLayout(theirs);
  expect(ours.shape).toEqual(layouts.ours);
  await expect(ours).toBeAllClose(layouts.values);
  const back = toTorchLayout(ours);
  expect(tf.memory().numTensors).toBe(before + 2);
  expect(back.shape).toEqual(layouts.torch);
  await expect(back).toBeAllClose(await theirs.data());
});
