import { compose, DataIterator, type Dataset, Preprocessing } from '@bcl/datasets';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import type { Attack } from './robustness/Attack.js';
import { fgsm } from './robustness/fgsm.js';
import { pgd } from './robustness/pgd.js';
import { slopeOf } from './robustness/slopeOf.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';

const trainSet = tinyDataset();
const testSet = tinyDataset({ size: 25, seed: 'test' });

let manager: ModelManager;
beforeAll(async () => {
  manager = new ModelManager({
    model: tinyModel(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'bc+'),
  });
  for await (const _ of manager.train(trainSet, { epochs: 6, batchSize: 16, augment: false }));
});
afterAll(() => manager.dispose());

describe('test under attack', () => {
  test('raises the loss, the more the further pixels may move, and pgd most', async () => {
    const losses = [(await manager.test(testSet)).loss];
    for (const grey of [1, 4, 16]) {
      const fast = await manager.test(testSet, { attack: fgsm({ epsilon: grey / 255 }) });
      const best = await manager.test(testSet, { attack: pgd({ epsilon: grey / 255 }) });
      expect(best.loss).toBeGreaterThanOrEqual(fast.loss * 0.999);
      expect(fast.loss).toBeGreaterThan(losses.at(-1) as number);
      losses.push(fast.loss);
    }
    const far = await manager.test(testSet, { attack: fgsm({ epsilon: 0.5 }) });
    expect(far.accuracy).toBeLessThan(0.8);
  });

  test('of no distance changes nothing', async () => {
    const clean = await manager.test(testSet);
    const attack = fgsm({ epsilon: 0 });
    const { loss, confusion } = await manager.test(testSet, { attack });
    expect(loss).toBeCloseTo(clean.loss, 5);
    expect(confusion).toEqual(clean.confusion);
  });

  test('comes to the same whatever the batch size, random starts included', async () => {
    const attack = () =>
      pgd({ epsilon: 8 / 255, steps: 3, random: createRandom(1).stream('attack') });
    const whole = await manager.test(testSet, { batchSize: 25, attack: attack() });
    const parts = await manager.test(testSet, { batchSize: 4, attack: attack() });
    expect(parts.confusion).toEqual(whole.confusion);
    expect(parts.loss).toBeCloseTo(whole.loss, 4);
  });

  test('leaks no tensors, also when it throws', async () => {
    const before = tf.memory().numTensors;
    await manager.test(testSet, { batchSize: 4, attack: pgd({ epsilon: 1 / 255, steps: 2 }) });
    const failing = Object.assign(
      () => {
        throw new Error('no more');
      },
      { config: { name: 'fgsm', epsilon: 0 } as const },
    );
    await expect(manager.test(testSet, { attack: failing as Attack })).rejects.toThrow('no more');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses batches that were prepared elsewhere', async () => {
    const { preprocessing } = manager;
    const batches = new DataIterator(testSet, { batchSize: 25, preprocessing });
    await expect(manager.test(batches, { attack: fgsm({ epsilon: 0.1 }) })).rejects.toThrow(
      new TypeError(
        'ModelManager.test: an attack moves raw pixels, got batches that are prepared already; pass a Dataset',
      ),
    );
  });

  test('can be had without a test: images, moved', async () => {
    const images = tf.fill([2, 4, 4, 3], 100) as tf.Tensor4D;
    const labels = tf.tensor2d([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    const moved = await fgsm({ epsilon: 2 / 255 })(images, slopeOf(manager, labels)).data();
    expect(new Set(Array.from(moved, (x) => Math.abs(x - 100)))).toEqual(new Set([2]));
  });

  test('moves the pixels that the model sees, where test images are resized', async () => {
    const augment = compose([{ step: 'randomResizedCrop', size: [4, 4] }]);
    const large = enlarged(testSet);
    const resizing = new ModelManager({
      model: tinyModel(),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: 'klDivergence',
      preprocessing: Preprocessing.fit(large, 'bc+', { augment }),
    });
    const seen: number[][] = [];
    const attack = fgsm({ epsilon: 4 / 255 });
    const spy = Object.assign(
      (...[images, slope]: Parameters<Attack>) => {
        seen.push(images.shape);
        return attack(images, slope);
      },
      { config: attack.config },
    );
    const clean = await resizing.test(large);
    const attacked = await resizing.test(large, { attack: spy });
    expect(seen).toEqual([[25, 4, 4, 3]]);
    expect(attacked.loss).toBeGreaterThan(clean.loss);
    resizing.dispose();
  });
});

describe('test with soft labels', () => {
  const rows = (row: (label: number) => number[]) =>
    Float32Array.from(Array.from(testSet.labels).flatMap(row));
  const oneHot = (label: number) => [0, 1, 2].map((k) => Number(k === label));

  test('measures against the classes, and against the soft labels beside', async () => {
    const clean = await manager.test(testSet);
    const next = (label: number) => oneHot((label + 1) % 3);
    const softLabels = rows((label) =>
      oneHot(label).map((v, k) => 0.75 * v + 0.25 * (next(label)[k] as number)),
    );
    const { soft, ...hard } = await manager.test({ ...testSet, softLabels }, { batchSize: 8 });
    expect({ ...hard, loss: 0, nll: 0 }).toEqual({ ...clean, loss: 0, nll: 0 });
    expect(soft?.accuracy).toBe(hard.accuracy);
    expect(soft?.count).toBe(25);
    const turned = await manager.test({
      ...testSet,
      labels: testSet.labels.map((label) => (label + 1) % 3) as Uint8Array,
    });
    // Cross-entropy is linear in the label.
    expect(soft?.nll).toBeCloseTo(0.75 * clean.nll + 0.25 * turned.nll, 5);
    expect(soft?.entropy).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 6);
    expect(clean.soft).toBeUndefined();
  });

  test('of one class each says the same twice', async () => {
    const { soft, loss, ...hard } = await manager.test({ ...testSet, softLabels: rows(oneHot) });
    expect(soft).toEqual({ ...hard, entropy: 0 });
    expect(loss).toBeCloseTo(hard.nll, 5);
  });
});

/** Each pixel as 2 x 2. */
function enlarged(dataset: Dataset): Dataset {
  const images = new Uint8Array(4 * dataset.images.length);
  for (let i = 0; i < images.length; i++) {
    const [c, x, y, n] = [
      i % 3,
      Math.floor(i / 3) % 8,
      Math.floor(i / 24) % 8,
      Math.floor(i / 192),
    ];
    images[i] = dataset.images[n * 48 + (y >> 1) * 12 + (x >> 1) * 3 + c] as number;
  }
  return { ...dataset, images, shape: [8, 8, 3] };
}
