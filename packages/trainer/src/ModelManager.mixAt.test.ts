import { Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import { MixAt } from '@bcl/mixing/layers';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { ModelManager } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';

const trainSet = tinyDataset();
const testSet = tinyDataset({ size: 24, seed: 'test' });
const preprocessing = Preprocessing.fit(trainSet, 'bc');
const newMixer = () => new Mixer({ method: 'bc', numClasses: 3, seed: 3 });

/** The tiny network with a layer that mixes behind one of its own. */
function mixingModel(behind = 'relu'): LayersModel {
  const plain = tinyModel({ dropout: 0 });
  const model = sequential({ name: 'mixing' });
  for (const layer of plain.layers) {
    model.add(layer);
    if (layer.name === behind) model.add(new MixAt({ name: 'mixAt' }));
  }
  return model;
}

function manage(model = mixingModel()): ModelManager {
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  return new ModelManager({ model, optimizer, loss: 'klDivergence', preprocessing, seed: 7 });
}

const options = () => ({
  epochs: 6,
  batchSize: 16,
  mixer: newMixer(),
  augment: false as const,
});

async function lossesOf(manager: ModelManager, more: object = {}): Promise<number[]> {
  const losses: number[] = [];
  for await (const event of manager.train(trainSet, { ...options(), ...more })) {
    if (event.type === 'step') losses.push(event.loss);
  }
  return losses;
}

describe('a model with the layer MixAt', () => {
  test('learns from mixed activations, and is tested on images as they are', async () => {
    const manager = manage();
    const before = await manager.test(testSet);
    await lossesOf(manager);
    const after = await manager.test(testSet);
    expect(after.accuracy).toBeGreaterThan(Math.max(0.9, before.accuracy));
    manager.dispose();
  });

  test('mixes images and labels by one draw: behind the input it is the loss of mixed images', async () => {
    const seen: tf.Tensor[][] = [];
    const loss = (ys: tf.Tensor, logits: tf.Tensor) => {
      seen.push([tf.keep(tf.clone(ys)), tf.keep(tf.clone(logits))]);
      return klDivergence(ys, logits);
    };
    const flat = tinyModel({ dropout: 0 });
    const model = sequential({ name: 'mixing' });
    model.add(new MixAt({ name: 'mixAt', inputShape: [4, 4, 3] } as { name: string }));
    for (const layer of flat.layers) model.add(layer);
    const manager = new ModelManager({
      model,
      optimizer: sgd({ learningRate: 0 }),
      loss,
      preprocessing,
      seed: 7,
    });
    for await (const event of manager.train(trainSet, options())) {
      if (event.type === 'step') break;
    }
    const [[labels, logits]] = seen as [[tf.Tensor2D, tf.Tensor2D]];
    const rows = (await labels.array()) as number[][];
    // Rows are mixes of two classes.
    for (const row of rows) {
      expect(row.filter((share) => share > 0)).toHaveLength(2);
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
    // The same shuffled batch, mixed outside by the same draw, through the network without the layer.
    const plain = new ModelManager({
      model: flat,
      optimizer: sgd({ learningRate: 0 }),
      loss: (ys, y) => {
        seen.push([tf.keep(tf.clone(ys)), tf.keep(tf.clone(y))]);
        return klDivergence(ys, y);
      },
      preprocessing,
      seed: 7,
    });
    seen.length = 0;
    for await (const event of plain.train(trainSet, { ...options(), mixer: undefined as never })) {
      if (event.type === 'step') break;
    }
    const [[oneHot, unmixed]] = seen as [[tf.Tensor2D, tf.Tensor2D]];
    const ids = await tf.argMax(oneHot, 1).data();
    const mixer = newMixer();
    mixer.epoch = 1;
    const draw = mixer.draw(Int32Array.from(ids));
    await expect(labels).toBeAllClose(mixer.applyLabels(Int32Array.from(ids), draw));
    // And the mix reached the network: its answers are not those to the images alone.
    const off = tf.max(tf.abs(tf.sub(logits, unmixed)));
    expect((await off.data())[0]).toBeGreaterThan(0.01);
    manager.dispose();
  });

  test('gives the same numbers when it is gone on with in the middle of an epoch', async () => {
    const whole = manage();
    const losses = await lossesOf(whole);
    whole.dispose();

    const first = manage();
    const seen: number[] = [];
    const mixer = newMixer();
    for await (const event of first.train(trainSet, { ...options(), mixer })) {
      if (event.type === 'step') seen.push(event.loss);
      if (event.type === 'step' && event.step === 5) break;
    }
    seen.push(...(await lossesOf(first)));
    expect(seen).toEqual(losses);
    first.dispose();
  });

  test('learns from plain images without a mixer', async () => {
    const mixing = manage();
    const plain = manage(tinyModel({ dropout: 0 }));
    const without = { mixer: undefined };
    expect(await lossesOf(mixing, without)).toEqual(await lossesOf(plain, without));
    mixing.dispose();
    plain.dispose();
  });

  test('leaves unmixed a last batch without partners', async () => {
    const manager = manage();
    const one = { ...trainSet, images: trainSet.images.slice(0, 17 * 48) };
    const data = { ...one, labels: trainSet.labels.slice(0, 17) };
    const steps: number[] = [];
    for await (const event of manager.train(data, { ...options(), epochs: 1 })) {
      if (event.type === 'step') steps.push(event.loss);
    }
    expect(steps).toHaveLength(2);
    manager.dispose();
  });

  test('cannot be shared out to threads', async () => {
    const manager = manage();
    await expect(lossesOf(manager, { threads: 2 })).rejects.toThrow(
      'ModelManager.train: 2 threads would part the examples of a batch from their partners, which the layer MixAt mixes them with; use threads: 1',
    );
    manager.dispose();
  });
});

test('layers of models inside of the model are found', async () => {
  const inner = mixingModel('fc1');
  const outer = sequential({ name: 'outer' });
  outer.add(layers.activation({ activation: 'linear', inputShape: [4, 4, 3], name: 'same' }));
  outer.add(inner as never);
  const manager = manage(outer);
  const unmixed = manage(tinyModel({ dropout: 0 }));
  const [first] = await lossesOf(manager, { epochs: 1 });
  const [plain] = await lossesOf(unmixed, { epochs: 1, mixer: undefined });
  expect(first).not.toBeCloseTo(plain as number, 3);
});
