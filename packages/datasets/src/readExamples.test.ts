import * as tf from '@tensorflow/tfjs-core';
import { embedded } from './embedded.js';
import { Preprocessing } from './preprocessing.js';
import { readExamples } from './readExamples.js';

const set = embedded({ size: 20 });

describe('readExamples', () => {
  test('gives the images and labels at the indices, in their order', async () => {
    const { xs, ys, ids, indices } = readExamples(set, [7, 0, 7]);
    const pixels = 32 * 32 * 3;
    const image = (n: number) => [...set.images.subarray(n * pixels, (n + 1) * pixels)];
    expect(xs.shape).toEqual([3, 32, 32, 3]);
    await expect(xs).toBeAllClose([...image(7), ...image(0), ...image(7)], { atol: 0, rtol: 0 });
    expect([...ids]).toEqual([7, 0, 7].map((n) => set.labels[n]));
    expect([...tf.argMax(ys, 1).dataSync()]).toEqual([...ids]);
    expect([...indices]).toEqual([7, 0, 7]);
  });

  test('gives the soft labels of a set that has them, and its classes beside', async () => {
    const classNames = ['cat', 'dog'];
    const softLabels = Float32Array.of(0.75, 0.25, 0.5, 0.5, 0, 1);
    const labels = Uint8Array.of(0, 1, 1);
    const soft = { name: 's', images: new Uint8Array(3), labels, softLabels, classNames };
    const { ys, ids } = readExamples({ ...soft, shape: [1, 1, 1] }, [2, 0, 2]);
    await expect(ys).toBeAllClose([0, 1, 0.75, 0.25, 0, 1], { atol: 0, rtol: 0 });
    expect([...ids]).toEqual([1, 0, 1]);
  });

  test('prepares the images', async () => {
    const preprocessing = Preprocessing.fit(set, 'bc+');
    const { xs } = readExamples(set, [3], preprocessing);
    const bytes = set.images.subarray(3 * 32 * 32 * 3, 4 * 32 * 32 * 3);
    await expect(xs).toBeAllClose(preprocessing.apply(bytes, 1));
  });

  test('makes two tensors', () => {
    const before = tf.memory().numTensors;
    readExamples(set, [1, 2]);
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  test('refuses an index outside of the set', () => {
    expect(() => readExamples(set, [20])).toThrow(
      'readExamples: indices must be whole numbers from 0 to 19, got 20',
    );
  });
});
