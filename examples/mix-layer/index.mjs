// Mixing as a layer of the model: active in training only, saved with the model, and in evaluation it takes from each image its own
// mean, which BC+ models must be fed without. So the model takes plain images, and there is nothing to forget.
import { useBackend } from '@bcl/backends';
import { DataIterator, embedded, Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { MixBatch } from '@bcl/mixing/layers';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf } from '@tensorflow/tfjs-layers';

const EPOCHS = Number(process.env.EPOCHS ?? 5);
const IMAGES = Number(process.env.IMAGES ?? 2000);
const BATCH = 64;
const SEED = 1;

await useBackend(process.env.BACKEND ?? 'wasm'); // the layer reads labels at once, which webgpu cannot do
const train = embedded({ split: 'train', size: IMAGES, seed: SEED });
const test = embedded({ split: 'test', size: IMAGES / 4, seed: SEED });
const preprocessing = Preprocessing.fit(train, 'standard');

const conv = (filters) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
const images = input({ shape: [32, 32, 3] });
const labels = input({ shape: [10] });
const [mixedImages, mixedLabels] = new MixBatch({ method: 'bc+', seed: SEED }).apply([
  images,
  labels,
]);
const logits = [
  conv(16),
  layers.maxPooling2d({ poolSize: 4 }),
  conv(32),
  layers.maxPooling2d({ poolSize: 4 }),
  layers.flatten(),
  layers.dense({ units: 10 }), // no softmax here
].reduce((x, layer) => layer.apply(x), mixedImages);
const model = modelOf({ inputs: [images, labels], outputs: [logits, mixedLabels] });
const weights = model.trainableWeights.map((weight) => weight.val);
const optimizer = new tf.AdamOptimizer(2e-3, 0.9, 0.999);

const random = createRandom(SEED);
const batches = new DataIterator(train, {
  batchSize: BATCH,
  preprocessing,
  random,
  dropLast: true,
});
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let loss = 0;
  for await (const { xs, ys } of batches) {
    loss += tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const [said, wanted] = model.apply([xs, ys], { training: true });
        return klDivergence(wanted, said);
      }, weights);
      optimizer.applyGradients(grads);
      return value.dataSync()[0];
    });
    tf.dispose([xs, ys]);
  }
  console.log(`epoch ${epoch}: loss ${(loss / batches.batches).toFixed(3)}`);
}

let right = 0;
for await (const { xs, ys } of new DataIterator(test, { batchSize: BATCH, preprocessing })) {
  right += tf.tidy(() => {
    const [said] = model.predict([xs, ys]); // the labels come out as they went in, and change nothing
    const hits = tf.equal(tf.argMax(said, 1), tf.argMax(ys, 1));
    return tf.sum(tf.cast(hits, 'int32')).dataSync()[0];
  });
  tf.dispose([xs, ys]);
}
console.log(`accuracy: ${((100 * right) / test.labels.length).toFixed(2)} %`);
