import { compose, embedded, Preprocessing, ResidentImages } from '@bcl/datasets';
import { Mixer, type MixerOptions } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager } from '../ModelManager.js';
import { sgd } from '../optimizers/sgd.js';
import { tinyDataset, tinyModel } from '../testing/tinyTask.js';
import { batches } from './batches.js';

// A GPU in software compiles its shaders slowly.
jest.setTimeout(60_000);

const set = embedded({ size: 22 });
const augment = { padding: 4, flip: true };

interface Seen {
  xs: number[];
  ys: number[];
  shape: number[];
}

/** Two epochs of training batches, made on the host or on the device; the second one from its second batch on. */
async function twoEpochs(
  dataset: typeof set,
  preprocessing: Preprocessing,
  mixing: MixerOptions | undefined,
  resident: ResidentImages | undefined,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const mixer = mixing && new Mixer({ numClasses: 10, seed: 1, ...mixing });
  for (const epoch of [1, 2]) {
    const order = { batchSize: 8, random: createRandom(1), epoch, skip: epoch - 1 };
    const how = { preprocessing, augment, mixer, mixesInside: false, resident };
    for await (const { xs, ys } of batches(dataset, { ...order, ...how })) {
      const [images, labels] = [await xs.data(), await ys.data()];
      seen.push({ xs: Array.from(images), ys: Array.from(labels), shape: xs.shape });
      tf.dispose([xs, ys]);
    }
  }
  return seen;
}

describe('training batches of images that are resident', () => {
  test.each<[string, MixerOptions | undefined]>([
    ['alone', undefined],
    ['BC', { method: 'bc' }],
    ['BC+', { method: 'bc+' }],
    ['BC+ with single labels', { method: 'bc+', label: 'single' }],
    ['BC+ of three classes', { method: 'bc+', classes: 3 }],
    ['CutMix', { method: 'cutmix' }],
  ])('are those of the host: %s', async (_, mixing) => {
    const soft = { ...set, softLabels: new Float32Array(220).fill(0.1) };
    for (const dataset of mixing?.method === 'bc' ? [set, soft] : [set]) {
      const preprocessing = Preprocessing.fit(set, mixing?.method === 'bc' ? 'bc' : 'bc+');
      const resident = new ResidentImages(dataset, { preprocessing });
      const before = tf.memory().numTensors;
      const got = await twoEpochs(dataset, preprocessing, mixing, resident);
      expect(tf.memory().numTensors).toBe(before);
      const wanted = await twoEpochs(dataset, preprocessing, mixing, undefined);
      expect(got.map(({ shape }) => shape)).toEqual([8, 8, 6, 8, 6].map((n) => [n, 32, 32, 3]));
      for (const [i, { xs, ys }] of wanted.entries()) {
        // One sweep over bytes, and tensor ops: the same to rounding.
        await expect(got[i]?.xs ?? []).toBeAllClose(xs, { rtol: 1e-4, atol: 1e-4 });
        await expect(got[i]?.ys ?? []).toBeAllClose(ys);
      }
      resident.dispose();
    }
  });

  test('are cut as the preprocessing says', async () => {
    const middle = compose([{ step: 'centerCrop', size: [24, 20] }]);
    const preprocessing = Preprocessing.fit(set, 'bc', { augment: middle });
    const resident = new ResidentImages(set, { preprocessing });
    for (const mixing of [undefined, { method: 'bc' } as const]) {
      const got = await twoEpochs(set, preprocessing, mixing, resident);
      const wanted = await twoEpochs(set, preprocessing, mixing, undefined);
      expect(got[0]?.shape).toEqual([8, 24, 20, 3]);
      await expect(got.flatMap(({ xs }) => xs)).toBeAllClose(
        wanted.flatMap(({ xs }) => xs),
        { rtol: 1e-4, atol: 1e-4 },
      );
    }
    resident.dispose();
  });
});

describe('ModelManager.train of images that are resident', () => {
  const trainSet = tinyDataset();
  const options = () => ({
    epochs: 2,
    batchSize: 16,
    mixer: new Mixer({ numClasses: 3, seed: 3 }),
    augment: { padding: 1, flip: true },
    resident: true,
  });
  const manage = () =>
    new ModelManager({
      model: tinyModel({ batchNorm: true }),
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
      loss: 'klDivergence',
      preprocessing: Preprocessing.fit(trainSet, 'bc+'),
      seed: 7,
    });

  test('gives the losses of the host', async () => {
    const manager = manage();
    const losses: number[] = [];
    for await (const event of manager.train(trainSet, options())) {
      if (event.type === 'step') losses.push(event.loss);
    }
    const host = manage();
    const expected: number[] = [];
    for await (const event of host.train(trainSet, { ...options(), resident: false })) {
      if (event.type === 'step') expected.push(event.loss);
    }
    await expect(losses).toBeAllClose(expected, { rtol: 1e-4 });
    manager.dispose();
    host.dispose();
  });

  test('gives the memory back when the loop is left', async () => {
    const manager = manage();
    for await (const event of manager.train(trainSet, { ...options(), epochs: 1 })) void event;
    const before = tf.memory().numTensors;
    for await (const { type } of manager.train(trainSet, options())) if (type === 'step') break;
    expect(tf.memory().numTensors).toBe(before);
    manager.dispose();
  });
});
