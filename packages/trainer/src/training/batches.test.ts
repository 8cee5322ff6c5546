import { compose, embedded, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { batches } from './batches.js';

const set = embedded({ size: 20 });

describe('batches', () => {
  test.each([
    ['alone', undefined],
    ['mixed', 'bc+'],
    ['pasted', 'cutmix'],
  ] as const)('brings images to the size that the preprocessing is for: %s', async (_, method) => {
    const middle = compose([
      { step: 'resize', size: 28 },
      { step: 'centerCrop', size: [24, 24] },
    ]);
    const preprocessing = Preprocessing.fit(set, 'bc+', { augment: middle });
    const all = async (augment: { padding: number; flip: boolean } | false) => {
      const found: number[][] = [];
      const random = createRandom(1);
      const mixer = method && new Mixer({ method, numClasses: 10, seed: 1 });
      const options = { batchSize: 8, preprocessing, augment, mixer, random, epoch: 1, skip: 0 };
      for await (const { xs, ys } of batches(set, { ...options, mixesInside: false })) {
        expect(xs.shape.slice(1)).toEqual([24, 24, 3]);
        found.push(Array.from(await xs.data()));
        tf.dispose([xs, ys]);
      }
      return found;
    };
    const plain = await all(false);
    expect(plain.map((xs) => xs.length / (24 * 24 * 3))).toEqual([8, 8, 4]);
    expect(await all({ padding: 2, flip: true })).not.toEqual(plain);
  });
});
