import { DataIterator, Preprocessing } from '@bcl/datasets';
import { convnet } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ModelManager } from '../ModelManager.js';
import { sgd } from '../optimizers/sgd.js';
import { tinyDataset, tinyModel } from '../testing/tinyTask.js';

const dataset = tinyDataset({ size: 10 });
const preprocessing = Preprocessing.fit(dataset, 'bc+');
const manage = (model: LayersModel) =>
  new ModelManager({
    model,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: 'klDivergence',
    preprocessing,
  });

describe('activations', () => {
  test('are what the layer gives, image by image, whatever the batch', async () => {
    const manager = manage(tinyModel());
    const before = tf.memory().numTensors;
    const { layer, size, values, labels, said, classNames } = await manager.activations(dataset, {
      layer: 'fc1',
      batchSize: 4,
    });
    expect(tf.memory().numTensors).toBe(before);
    expect([layer, size, values.length]).toEqual(['fc1', 8, 80]);
    expect([...labels]).toEqual([...dataset.labels]);
    expect(classNames).toEqual(dataset.classNames);
    for await (const { xs } of new DataIterator(dataset, { batchSize: 10, preprocessing })) {
      const [flat, fc1] = ['flat', 'fc1'].map((name) => manager.model.getLayer(name));
      const by = fc1?.apply(flat?.apply(xs) as tf.Tensor) as tf.Tensor;
      await expect(values).toBeAllClose(by);
      const answers = await tf.argMax(manager.model.predict(xs) as tf.Tensor, 1).data();
      expect([...said]).toEqual([...answers]);
    }
    manager.dispose();
  });

  test('are by default what the last layer with weights is fed, dropout off', async () => {
    const manager = manage(tinyModel({ dropout: 0.5 }));
    const found = await manager.activations(dataset);
    const before = await manager.activations(dataset, { layer: 'relu' });
    expect([found.layer, found.size]).toEqual(['drop', 8]);
    expect(found.values).toEqual(before.values);
    expect(Math.min(...found.values)).toBe(0);
    manager.dispose();
  });

  test('of the last layer are the logits', async () => {
    const manager = manage(tinyModel());
    const { values, said } = await manager.activations(dataset, { layer: 'fc2', batchSize: 10 });
    expect(values.length).toBe(30);
    const largest = [...said].map((k, i) => values[3 * i + k]);
    expect(largest).toEqual(
      [...said].map((_, i) => Math.max(...values.subarray(3 * i, 3 * i + 3))),
    );
    manager.dispose();
  });

  test('of a layer of maps are their means over the positions', async () => {
    const images = tinyDataset({ size: 4 });
    const large = {
      ...images,
      shape: [16, 16, 3] as const,
      images: new Uint8Array(4 * 768).map((_, i) => (i * 7) % 256),
    };
    const manager = new ModelManager({
      model: convnet({ classes: 3, inputShape: [16, 16, 3] }),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: 'klDivergence',
      preprocessing: Preprocessing.fit(large, 'standard'),
    });
    const { values, size } = await manager.activations(large, { layer: 'conv11.conv' });
    expect(size).toBe(64);
    for await (const { xs } of new DataIterator(large, {
      batchSize: 4,
      preprocessing: manager.preprocessing,
    })) {
      const maps = manager.model.getLayer('conv11.conv').apply(xs) as tf.Tensor;
      await expect(values).toBeAllClose(tf.mean(maps, [1, 2]), { atol: 1e-5 });
    }
    manager.dispose();
  });

  test('of a layer that there is not are refused, with those that there are', async () => {
    const manager = manage(tinyModel());
    await expect(manager.activations(dataset, { layer: 'fc9' })).rejects.toThrow(
      /^activations: layer must be one of .*flat, fc1, relu, drop, fc2, got fc9$/,
    );
    manager.dispose();
  });
});
