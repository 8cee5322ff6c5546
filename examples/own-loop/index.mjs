// A training loop as people write it with TensorFlow.js, a network of their own included. Three lines make it between-class
// learning: draw the pairs, mix the images, mix the labels.
import { useBackend } from '@bcl/backends';
import { DataIterator, embedded, Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { bcPlus, drawPairs, mixLabels } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const EPOCHS = Number(process.env.EPOCHS ?? 4);
const IMAGES = Number(process.env.IMAGES ?? 2000);
const BATCH = 64;
const SEED = 1;

await useBackend('auto');
const random = createRandom(SEED);
const train = embedded({ split: 'train', size: IMAGES, seed: SEED });
const test = embedded({ split: 'test', size: IMAGES / 4, seed: SEED });
const preprocessing = Preprocessing.fit(train, 'bc+');

const conv = (filters, options = {}) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options });
const model = sequential({
  layers: [
    conv(16, { inputShape: [32, 32, 3] }),
    layers.maxPooling2d({ poolSize: 2 }),
    conv(32),
    layers.maxPooling2d({ poolSize: 2 }),
    conv(64),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 10 }), // logits: no softmax here
  ],
});
const weights = model.trainableWeights.map((weight) => weight.val);
const optimizer = new tf.AdamOptimizer(1e-3, 0.9, 0.999);

const batches = new DataIterator(train, { batchSize: BATCH, preprocessing, random });
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let loss = 0;
  for await (const { xs, ys, ids } of batches) {
    loss += tf.tidy(() => {
      const { partner, ratio } = drawPairs(ids, { random }); // 1
      const images = bcPlus(xs, tf.gather(xs, partner), ratio); // 2
      const labels = mixLabels(ys, tf.gather(ys, partner), ratio); // 3
      const { value, grads } = tf.variableGrads(
        () => klDivergence(labels, model.apply(images, { training: true })),
        weights,
      );
      optimizer.applyGradients(grads);
      return value.dataSync()[0];
    });
    tf.dispose([xs, ys]);
  }
  console.log(`epoch ${epoch}: loss ${(loss / batches.batches).toFixed(3)}`);
}

// The test images go through the very preprocessing that the training images had, and are not mixed.
let right = 0;
for await (const { xs, ys } of new DataIterator(test, { batchSize: BATCH, preprocessing })) {
  right += tf.tidy(() => {
    const hits = tf.equal(tf.argMax(model.apply(xs), 1), tf.argMax(ys, 1));
    return tf.sum(tf.cast(hits, 'int32')).dataSync()[0];
  });
  tf.dispose([xs, ys]);
}
console.log(`accuracy: ${((100 * right) / test.labels.length).toFixed(2)} %`);
