// The paper's "where to mix": activations instead of images, by the draw that mixes the labels. DEPTH says behind which layer, 0 being
// the input; a new draw goes to the layer `MixAt` before each step.
import { useBackend } from '@bcl/backends';
import { DataIterator, embedded, Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import { MixAt } from '@bcl/mixing/layers';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const DEPTH = Number(process.env.DEPTH ?? 2);
const EPOCHS = Number(process.env.EPOCHS ?? 5);
const IMAGES = Number(process.env.IMAGES ?? 2000);
const BATCH = 64;
const SEED = 1;

await useBackend('auto');
const train = embedded({ split: 'train', size: IMAGES, seed: SEED });
const test = embedded({ split: 'test', size: IMAGES / 4, seed: SEED });
const preprocessing = Preprocessing.fit(train, 'standard');
const mixer = new Mixer({ method: 'bc', seed: SEED });
const mixAt = new MixAt({ method: 'bc' }); // the paper mixes activations by BC

const conv = (filters) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
const model = sequential({
  layers: [
    layers.inputLayer({ inputShape: [32, 32, 3] }),
    ...[
      conv(16),
      layers.maxPooling2d({ poolSize: 4 }),
      conv(32),
      layers.maxPooling2d({ poolSize: 4 }),
      layers.flatten(),
      layers.dense({ units: 10 }), // logits: no softmax here
    ].toSpliced(DEPTH, 0, mixAt),
  ],
});
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
  for await (const { xs, ys, ids } of batches) {
    const draw = mixer.draw(ids);
    mixAt.use(draw);
    loss += tf.tidy(() => {
      const labels = mixer.applyLabels(ys, draw);
      const { value, grads } = tf.variableGrads(
        () => klDivergence(labels, model.apply(xs, { training: true })),
        weights,
      );
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
    const hits = tf.equal(tf.argMax(model.apply(xs), 1), tf.argMax(ys, 1));
    return tf.sum(tf.cast(hits, 'int32')).dataSync()[0];
  });
  tf.dispose([xs, ys]);
}
console.log(`accuracy: ${((100 * right) / test.labels.length).toFixed(2)} %`);
