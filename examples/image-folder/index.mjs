// Training on a folder of pictures that need not fit into memory: train/<class>/*.jpg and test/<class>/*.jpg are decoded and
// resized ahead of the loop, shuffled anew in each epoch, mixed by BC+ and learnt by a small ConvNet.
//
//     node examples/image-folder/index.mjs [folder]
//
// Without a folder, one is made of drawn pictures.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@bcl/backends';
import { compose, DataIterator, embedded, imageFolder, Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';

const EPOCHS = Number(process.env.EPOCHS ?? 8);
const IMAGES = Number(process.env.IMAGES ?? 1000); // where they are drawn
const SIZE = 32;
const BATCH = 64;
const SEED = 1;

const given = process.argv[2];
const folder = given ?? (await drawFolder());
try {
  await main(folder);
} finally {
  if (!given) await rm(folder, { recursive: true });
}

async function main(folder) {
  await useBackend('auto');
  const random = createRandom(SEED);
  const onUnreadable = ({ error }) => console.warn(error.message);
  // The list of classes is kept beside the pictures, so that a class keeps its number when others come and go.
  const options = { size: SIZE, classFile: join(folder, 'classes.json'), onUnreadable };
  const train = await imageFolder(folder, options);
  const test = await imageFolder(folder, { ...options, split: 'test' });
  const classes = train.classNames.length;
  console.log(`${train.size} pictures of ${classes} classes to train on, ${test.size} to test on`);

  const preprocessing = await Preprocessing.fitStream(train, 'bc+');
  const augment = compose([{ step: 'flip' }, { step: 'padCrop' }]);
  const batches = new DataIterator(train, { batchSize: BATCH, preprocessing, augment, random });
  const mixer = new Mixer({ method: 'bc+', numClasses: classes, seed: SEED });
  const model = convNet(classes);
  const weights = model.trainableWeights.map((weight) => weight.val);
  const optimizer = new tf.AdamOptimizer(1e-3, 0.9, 0.999);

  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    let loss = 0;
    let steps = 0;
    for await (const { xs, ids } of batches) {
      loss += tf.tidy(() => {
        const mixed = mixer.mix(xs, ids);
        const { value, grads } = tf.variableGrads(
          () => klDivergence(mixed.labels, model.apply(mixed.images, { training: true })),
          weights,
        );
        optimizer.applyGradients(grads);
        return value.dataSync()[0];
      });
      steps++;
      tf.dispose(xs);
    }
    console.log(`epoch ${epoch}: loss ${(loss / steps).toFixed(3)}`);
  }

  let right = 0;
  let seen = 0;
  for await (const { xs, ys, ids } of new DataIterator(test, { batchSize: BATCH, preprocessing })) {
    right += tf.tidy(() => {
      const hits = tf.equal(tf.argMax(model.apply(xs), 1), tf.argMax(ys, 1));
      return tf.sum(tf.cast(hits, 'int32')).dataSync()[0];
    });
    seen += ids.length;
    tf.dispose([xs, ys]);
  }
  console.log(`accuracy: ${((100 * right) / seen).toFixed(2)} %`);
}

function convNet(classes) {
  const conv = (filters, options = {}) =>
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options });
  const pool = () => layers.maxPooling2d({ poolSize: 2 });
  return sequential({
    layers: [
      conv(16, { inputShape: [SIZE, SIZE, 3] }),
      pool(),
      conv(32),
      pool(),
      conv(64),
      pool(),
      layers.flatten(),
      layers.dense({ units: classes }), // logits: no softmax here
    ],
  });
}

/** A folder of JPEGs, each class in one of its own, larger than they are needed. */
async function drawFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  for (const [split, size] of Object.entries({ train: IMAGES, test: IMAGES / 4 })) {
    const { images, labels, classNames, shape } = embedded({ split, size, seed: SEED });
    const [height, width, channels] = shape;
    const bytes = height * width * channels;
    for (let i = 0; i < size; i++) {
      const home = join(folder, split, classNames[labels[i]]);
      await mkdir(home, { recursive: true });
      const image = images.subarray(i * bytes, (i + 1) * bytes);
      await sharp(image, { raw: { width, height, channels } })
        .resize(64, 48, { fit: 'fill' })
        .jpeg()
        .toFile(join(home, `${i}.jpg`));
    }
  }
  return folder;
}
