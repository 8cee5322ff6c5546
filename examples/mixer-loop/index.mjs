// A hand-written loop with a Mixer: BC+ at twice the chance of CutMix, ratios that begin near 0 and 1 and end uniform, and a last
// epoch without mixing. What is drawn depends on the seed alone, and could go on from `mixer.state()`.
import { useBackend } from '@bcl/backends';
import { DataIterator, embedded, Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const EPOCHS = Number(process.env.EPOCHS ?? 6);
const IMAGES = Number(process.env.IMAGES ?? 2000);
const BATCH = 64;
const SEED = 1;

await useBackend('auto');
const train = embedded({ split: 'train', size: IMAGES, seed: SEED });
const test = embedded({ split: 'test', size: IMAGES / 4, seed: SEED });
// BC+ takes the mean of each image away; so does this, from those that CutMix mixes and that are tested, too.
const preprocessing = Preprocessing.fit(train, 'bc+');
const mixer = new Mixer({
  oneOf: [{ method: 'bc+', weight: 2 }, { method: 'cutmix' }],
  ratio: { curriculum: { epochs: Math.max(2, EPOCHS) } },
  chance: { last: Math.max(1, EPOCHS - 1) },
  size: [32, 32],
  seed: SEED,
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
const weights = model.trainableWeights.map((weight) => weight.val);
const optimizer = new tf.AdamOptimizer(2e-3, 0.9, 0.999);

const random = createRandom(SEED);
const batches = new DataIterator(train, { batchSize: BATCH, preprocessing, random });
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  mixer.epoch = epoch;
  const rules = [0, 0];
  let loss = 0;
  for await (const { xs, ys, ids } of batches) {
    const draw = mixer.draw(ids);
    rules[draw.rule]++;
    const mixed = mixer.apply(xs, ys, draw);
    loss += tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => klDivergence(mixed.labels, model.apply(mixed.images, { training: true })),
        weights,
      );
      optimizer.applyGradients(grads);
      return value.dataSync()[0];
    });
    tf.dispose([xs, ys, mixed]);
  }
  const [plus, cut] = rules;
  console.log(
    `epoch ${epoch}: loss ${(loss / batches.batches).toFixed(3)}, ${plus} batches by bc+, ${cut} by cutmix`,
  );
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
