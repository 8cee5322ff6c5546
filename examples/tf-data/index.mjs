// Between-class learning with tf.data and model.fitDataset: one `map` mixes the batches, and the rest is as it always was.
import { useBackend } from '@bcl/backends';
import { DataIterator, embedded, Preprocessing, tfGenerator } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const EPOCHS = Number(process.env.EPOCHS ?? 5);
const IMAGES = Number(process.env.IMAGES ?? 2000);
const BATCH = 64;
const SEED = 1;

await useBackend('auto');
const train = embedded({ split: 'train', size: IMAGES, seed: SEED });
const test = embedded({ split: 'test', size: IMAGES / 4, seed: SEED });
const preprocessing = Preprocessing.fit(train, 'bc+');
const mixer = new Mixer({ method: 'bc+', seed: SEED });

const batchesOf = (dataset, options) => {
  const iterator = new DataIterator(dataset, { batchSize: BATCH, preprocessing, ...options });
  return data.generator(tfGenerator(iterator));
};
// A pair needs two classes, which a last batch of one example has not: it is left out.
const random = createRandom(SEED);
const mixed = batchesOf(train, { random, dropLast: true }).mapAsync(async ({ xs, ys }) => {
  const draw = mixer.draw(await ys.array()); // not dataSync: webgpu reads in its own time
  const { images, labels } = mixer.apply(xs, ys, draw);
  return { xs: images, ys: labels };
});

const conv = (filters, options = {}) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options });
const model = sequential({
  layers: [
    conv(16, { inputShape: [32, 32, 3] }),
    layers.maxPooling2d({ poolSize: 4 }),
    conv(32),
    layers.maxPooling2d({ poolSize: 4 }),
    layers.flatten(),
    layers.dense({ units: 10 }), // logits: no softmax here
  ],
});
model.compile({
  optimizer: new tf.AdamOptimizer(2e-3, 0.9, 0.999),
  loss: klDivergence,
  metrics: 'accuracy',
});
await model.fitDataset(mixed, {
  epochs: EPOCHS,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, { loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}`),
  },
});

// Tested on images as they are; the preprocessing takes their means away, as training did.
const [, accuracy] = await model.evaluateDataset(batchesOf(test), {});
console.log(`accuracy: ${(100 * accuracy.dataSync()[0]).toFixed(2)} %`);
