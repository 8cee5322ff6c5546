import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { Dropout } from '../layers/dropout.js';
import { parameterCount } from '../testing/golden.js';
import { type ConvnetOptions, convnet } from './convnet.js';

/** The smallest images it takes: 8 × 8 pixels. */
const small = { classes: 3, inputShape: [8, 8, 3] } as const;
const images = (count = 4) => tf.randomUniform([count, 8, 8, 3], -1, 1, 'float32', 5);

function using<T>(options: ConvnetOptions, use: (model: LayersModel) => T): T {
  const model = convnet(options);
  const done = use(model);
  if (done instanceof Promise) return done.finally(() => model.dispose()) as T;
  model.dispose();
  return done;
}

function weight(model: LayersModel, layer: string, name: string): Float32Array {
  const found = model.getLayer(layer).weights.find((w) => w.originalName === `${layer}/${name}`);
  return found?.read().dataSync() as Float32Array;
}

function train(model: LayersModel, x: tf.Tensor): Float32Array {
  return (model.apply(x, { training: true }) as tf.Tensor).dataSync() as Float32Array;
}

test.each([
  [10, 7_582_154],
  [100, 7_674_404],
])('convnet for %d classes has %d parameters', (classes, parameters) => {
  using({ classes }, (model) => {
    expect(parameterCount(model)).toBe(parameters);
    expect(model.inputs[0]?.shape).toEqual([null, 32, 32, 3]);
    expect(model.outputs[0]?.shape).toEqual([null, classes]);
  });
});

test('convnet starts from the weights of the original', () => {
  using({ classes: 10, seed: 4 }, (model) => {
    const within = (layer: string, std: number) => {
      const values = weight(model, layer, 'kernel');
      const squares = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      // Five standard deviations of the mean square of that many normal numbers.
      const bound = 5 * Math.sqrt(2 / values.length);
      expect(Math.abs(squares / std ** 2 - 1)).toBeLessThan(bound);
      return values;
    };
    within('conv11.conv', Math.sqrt(2 / 27));
    within('conv12.conv', Math.sqrt(2 / 576));
    within('conv34.conv', Math.sqrt(2 / 2304));
    for (const [layer, limit] of Object.entries({ fc4: 1 / 64, fc5: 1 / 32, fc6: 1 / 32 })) {
      const values = within(layer, limit / Math.sqrt(3));
      const [largest] = tf.max(tf.abs(tf.tensor1d(values))).dataSync();
      expect(largest).toBeLessThanOrEqual(limit);
      expect(largest).toBeGreaterThan(0.999 * limit);
      expect(new Set(weight(model, layer, 'bias'))).toEqual(new Set([0]));
    }
    expect(new Set(weight(model, 'conv11.bn', 'gamma'))).toEqual(new Set([1]));
    for (const name of ['beta', 'moving_mean', 'moving_variance']) {
      expect(new Set(weight(model, 'conv34.bn', name))).toEqual(new Set([0]));
    }
    expect(model.layers.some(({ name }) => name === 'conv11.bias')).toBe(false);
    expect(model.getLayer('conv11.conv').weights).toHaveLength(1);
  });
});

test('convnet gives the same weights for the same seed, others in each layer and for each seed', () => {
  const kernels = (seed: number) =>
    using({ ...small, seed }, (model) =>
      ['conv32.conv', 'conv33.conv', 'fc5'].map((layer) =>
        weight(model, layer, 'kernel').slice(0, 1000),
      ),
    );
  const one = kernels(1);
  const two = kernels(2);
  expect(kernels(1)).toEqual(one);
  expect(one[0]).not.toEqual(one[1]);
  for (const [i, kernel] of one.entries()) {
    expect(kernel).not.toEqual(two[i]);
  }
});

test('convnet drops other units in each dropout layer, and those again after seek', () => {
  using(small, (model) => {
    const dropouts = ['fc4.dropout', 'fc5.dropout'].map((name) => model.getLayer(name) as Dropout);
    const masks = dropouts.map((layer) => layer.apply(tf.ones([1, 64]), { training: true }));
    const [a, b] = masks.map((mask) => Array.from((mask as tf.Tensor).dataSync()));
    expect(a).not.toEqual(b);

    const x = images();
    for (const layer of dropouts) layer.seek(0);
    const first = train(model, x);
    const second = train(model, x);
    for (const layer of dropouts) layer.seek(0);
    expect(train(model, x)).toEqual(first);
    expect(second).not.toEqual(first);
  });
});

test('convnet without dropout depends on the batch alone', () => {
  using({ ...small, dropout: 0 }, (model) => {
    expect(train(model, images())).toEqual(train(model, images()));
  });
});

test('convnet evaluates by its moving statistics once it has seen enough batches', async () => {
  await using({ ...small, dropout: 0 }, async (model) => {
    const x = images(24);
    for (let step = 0; step < 60; step++)
      tf.dispose(model.apply(x, { training: true }) as tf.Tensor);
    const trained = model.apply(x, { training: true }) as tf.Tensor;
    // What differs is the unbiased variance: n / (n - 1), with 96 values a channel in the last layers.
    await expect(model.predict(x) as tf.Tensor).toBeAllClose(trained, { atol: 0.05 });
  });
}, 60_000);

test('convnet is the same after saving and loading', async () => {
  await using(small, async (model) => {
    train(model, images());
    const logits = (model.predict(images()) as tf.Tensor).dataSync();
    let saved: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    // What goes to disk is JSON and bytes.
    const topology = JSON.parse(JSON.stringify(saved.modelTopology));
    const copy = await loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology: topology }));
    expect((copy.predict(images()) as tf.Tensor).dataSync()).toEqual(logits);
    const dropout = copy.getLayer('fc4.dropout') as Dropout;
    expect(dropout.seed).toBe((model.getLayer('fc4.dropout') as Dropout).seed);
    for (const each of [model, copy]) (each.getLayer('fc4.dropout') as Dropout).seek(7);
    for (const each of [model, copy]) (each.getLayer('fc5.dropout') as Dropout).seek(7);
    expect(train(copy, images())).toEqual(train(model, images()));
    copy.dispose();
  });
});

test('convnet learns with fit', async () => {
  await using({ classes: 2, inputShape: [8, 8, 1], seed: 3 }, async (model) => {
    // Bright on the left against bright on the right.
    const x = tf.tidy(() => {
      const ramp = tf.reshape(tf.linspace(-1, 1, 8), [1, 1, 8, 1]);
      const signs = tf.reshape(tf.tensor1d([1, -1, 1, -1, 1, -1, 1, -1]), [8, 1, 1, 1]);
      const noise = tf.randomNormal([8, 8, 8, 1], 0, 0.3, 'float32', 1);
      return tf.add(tf.mul(ramp, signs), noise);
    });
    const y = tf.tile(tf.tensor2d([1, 0, 0, 1], [2, 2]), [4, 1]);
    const loss = (labels: tf.Tensor, logits: tf.Tensor): tf.Scalar =>
      tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)));
    model.compile({ optimizer: tf.train.sgd(0.05), loss });
    const { history } = await model.fit(x, y, {
      epochs: 6,
      batchSize: 8,
      shuffle: false,
      verbose: 0,
    });
    const losses = history.loss as number[];
    expect(losses[0]).toBeGreaterThan(0.4);
    expect(losses.at(-1)).toBeLessThan(0.25 * (losses[0] as number));
  });
}, 60_000);

test('convnet owns its weights and nothing else', () => {
  const before = tf.memory().numTensors;
  const model = convnet(small);
  const built = tf.memory().numTensors;
  expect(built - before).toBe(model.weights.length);
  const x = images();
  tf.dispose(model.predict(x));
  tf.dispose(model.apply(x, { training: true }) as tf.Tensor);
  x.dispose();
  expect(tf.memory().numTensors).toBe(built);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [{ classes: 1 }, 'convnet: classes must be an integer of at least 2, got 1'],
  [{ classes: 2.5 }, 'convnet: classes must be an integer of at least 2, got 2.5'],
  [{} as ConvnetOptions, 'convnet: classes must be an integer of at least 2, got undefined'],
  [
    { classes: 2, inputShape: [32, 32] as never },
    'convnet: inputShape must be [height, width, channels], three integers above 0, got [32,32]',
  ],
  [
    { classes: 2, inputShape: [32, 32, 0] as const },
    'convnet: inputShape must be [height, width, channels], three integers above 0, got [32,32,0]',
  ],
  [
    { classes: 2, inputShape: 32 as never },
    'convnet: inputShape must be [height, width, channels], three integers above 0, got 32',
  ],
  [
    { classes: 2, inputShape: [32, 7, 3] as const },
    'convnet: images must be at least 8 x 8 pixels, because strides and poolings shrink them 8 times, got 32 x 7; enlarge them or pad them',
  ],
  [{ classes: 2, dropout: 1 }, 'convnet: dropout must be from 0 up to but not including 1, got 1'],
  [{ classes: 2, seed: 0.5 }, 'convnet: seed must be an integer, got 0.5'],
])('convnet refuses %j', (options, message) => {
  const before = tf.memory().numTensors;
  expect(() => convnet(options)).toThrow(new RangeError(message));
  expect(tf.memory().numTensors).toBe(before);
});
