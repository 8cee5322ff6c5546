import { embedded, Preprocessing } from '@bcl/datasets';
import { softmaxCrossEntropy } from '@bcl/losses';
import { convnet } from '@bcl/models';
import { ModelManager, sgd } from '@bcl/trainer';
import * as tf from '@tensorflow/tfjs-core';
import {
  alwaysFlipped,
  augmentedOnce,
  evaluateMistaken,
  FrozenMixer,
  halfScaled,
} from './mistakes.js';

const tiny = {
  name: 'tiny',
  images: Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80),
  labels: Uint8Array.of(0, 1),
  shape: [2, 2, 1],
  classNames: ['a', 'b'],
} as const;

describe('alwaysFlipped', () => {
  test('mirrors every image', () => {
    expect([...alwaysFlipped(tiny).images]).toEqual([20, 10, 40, 30, 60, 50, 80, 70]);
    expect(alwaysFlipped(alwaysFlipped(tiny)).images).toEqual(tiny.images);
  });
});

describe('augmentedOnce', () => {
  test('moves each image by its own draw, the same for a seed, into the mean colour', () => {
    const augment = { padding: 1, flip: true };
    const once = augmentedOnce(tiny, augment, 1).images;
    expect(augmentedOnce(tiny, augment, 1).images).toEqual(once);
    expect(augmentedOnce(tiny, augment, 2).images).not.toEqual(once);
    for (const byte of once) expect([...tiny.images, 45]).toContain(byte);
    expect(augmentedOnce(tiny, { padding: 0, flip: false }, 1).images).toEqual(tiny.images);
  });
});

describe('halfScaled', () => {
  test('scales 0..255 to -1..1, whatever the data', async () => {
    const half = halfScaled(Preprocessing.fit(tiny, 'standard'));
    const raw = Uint8Array.of(0, 255, 51, 204);
    await expect(half.apply(raw)).toBeAllClose([-1, 1, -0.6, 0.6]);
  });

  test('leaves images without their mean around 0', async () => {
    const half = halfScaled(Preprocessing.fit(tiny, 'bc+'));
    await expect(half.apply(Uint8Array.of(0, 255, 0, 255))).toBeAllClose([-1, 1, -1, 1]);
  });
});

describe('FrozenMixer', () => {
  const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 5);
  const frozen = () => new FrozenMixer({ method: 'bc', numClasses: 5, seed: 1 });

  test('draws in every epoch what it drew in the first', () => {
    const mixer = frozen();
    const epochs = [1, 2, 3].map((epoch) => {
      mixer.epoch = epoch;
      return [mixer.drawFrom(labels, 6), mixer.drawFrom(labels, 6)];
    });
    expect(epochs[0]?.[0]).not.toEqual(epochs[0]?.[1]);
    expect(epochs[1]).toEqual(epochs[0]);
    expect(epochs[2]).toEqual(epochs[0]);
  });

  test('goes on in the middle of an epoch as any mixer', () => {
    const mixer = frozen();
    mixer.epoch = 2;
    mixer.drawFrom(labels, 6);
    const state = mixer.state();
    const second = mixer.drawFrom(labels, 6);
    const again = frozen();
    again.restore(state);
    again.epoch = 2;
    expect(again.drawFrom(labels, 6)).toEqual(second);
  });
});

describe('evaluateMistaken', () => {
  const data = embedded({ split: 'test', size: 40, seed: 1 });
  const preprocessing = Preprocessing.fit(data, 'bc+');

  /** A network that has learned a little, so that its answers differ from image to image. */
  async function trained(): Promise<ModelManager> {
    const manager = new ModelManager({
      model: convnet({ classes: 10, seed: 1 }),
      optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
      loss: 'softmaxCrossEntropy',
      preprocessing,
    });
    for await (const _ of manager.train(data, { epochs: 6, batchSize: 10 }));
    return manager;
  }

  test('is the right evaluation where no mistake is made, and another with each', async () => {
    const manager = await trained();
    const before = tf.memory().numTensors;
    const evaluated = (...mistakes: Parameters<typeof evaluateMistaken>[4]) =>
      evaluateMistaken(manager.model, softmaxCrossEntropy, preprocessing, data, mistakes);
    const right = await manager.test(data);
    expect(await evaluated()).toEqual({
      accuracy: right.accuracy,
      loss: expect.closeTo(right.loss, 4),
    });
    const raw = await evaluated('raw test images');
    expect(Math.abs(raw.loss - right.loss)).toBeGreaterThan(0.01);
    const dropped = await evaluated('dropout in test');
    expect(Math.abs(dropped.loss - right.loss)).toBeGreaterThan(0.001);
    expect(tf.memory().numTensors).toBe(before);
    manager.dispose();
  });
});
