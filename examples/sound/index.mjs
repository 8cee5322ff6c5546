// Between-class learning on sounds, as the paper does it: each is scaled, padded and cropped, two are mixed by the level that
// the ear hears, the mix gets a gain, and a network learns to say the ratio. The sounds are made here, from nothing.
import { useBackend } from '@bcl/backends';
import { klDivergence } from '@bcl/losses';
import {
  bcSound,
  drawPairs,
  mixLabels,
  multiCrop,
  padSound,
  randomCrop,
  randomGain,
  randomScale,
} from '@bcl/mixing';
import { createRandom, uniformInt } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const STEPS = Number(process.env.STEPS ?? 200);
const BATCH = 32;
const RATE = 16000; // Hz
const LENGTH = 4096; // what the network hears at once: a quarter of a second
const SEED = 1;

/** A half of a second or less of each class, at time t in seconds and pitch f in Hz. */
const VOICES = {
  tone: (t, f) => Math.sin(2 * Math.PI * f * t),
  chirp: (t, f) => Math.sin(2 * Math.PI * (f * t + 4000 * t * t)),
  siren: (t, f) => Math.sin(2 * Math.PI * f * t + 20 * Math.sin(2 * Math.PI * 8 * t)),
  rain: (_, __, random) => 2 * random() - 1,
  clicks: (t, f) => Math.exp(-200 * ((t * f * 0.02) % 1)) * Math.sin(2 * Math.PI * 2000 * t),
};
const CLASSES = Object.keys(VOICES);

await useBackend('auto');
const random = createRandom(SEED);
const train = sounds(random.stream('train'), 200);
const test = sounds(random.stream('test'), 50);

const conv = (filters, kernelSize, strides, options = {}) =>
  layers.conv1d({ filters, kernelSize, strides, activation: 'relu', ...options });
const model = sequential({
  layers: [
    conv(24, 64, 16, { inputShape: [LENGTH, 1] }),
    conv(32, 8, 4),
    conv(48, 8, 4),
    layers.globalAveragePooling1d(),
    layers.dense({ units: CLASSES.length }), // logits: no softmax here
  ],
});
const weights = model.trainableWeights.map((weight) => weight.val);
const optimizer = new tf.AdamOptimizer(3e-3, 0.9, 0.999);

for (let step = 1; step <= STEPS; step++) {
  const chosen = Array.from({ length: BATCH }, () => train[uniformInt(random, train.length)]);
  const ids = chosen.map(({ id }) => id);
  const loss = tf.tidy(() => {
    const xs = tf.stack(chosen.map(({ sound }) => tf.tensor1d(prepare(sound))));
    const ys = tf.cast(tf.oneHot(ids, CLASSES.length), 'float32');

    const { partner, ratio } = drawPairs(ids, { random });
    const mixed = bcSound(xs, tf.gather(xs, partner), ratio, { sampleRate: RATE });
    const labels = mixLabels(ys, tf.gather(ys, partner), ratio);
    const heard = tf.expandDims(randomGain(mixed, { random }), 2);

    const { value, grads } = tf.variableGrads(
      () => klDivergence(labels, model.apply(heard, { training: true })),
      weights,
    );
    optimizer.applyGradients(grads);
    return value.dataSync()[0];
  });
  if (step % 50 === 0 || step === STEPS) console.log(`step ${step}: loss ${loss.toFixed(3)}`);
}

// A test sound is not mixed: its crops are heard one by one, and their probabilities averaged.
let right = 0;
for (const { sound, id } of test) {
  const said = tf.tidy(() => {
    const crops = multiCrop(padSound(sound, LENGTH / 2), { length: LENGTH });
    const probabilities = tf.softmax(model.apply(tf.expandDims(crops, 2)));
    return tf.argMax(tf.mean(probabilities, 0)).dataSync()[0];
  });
  if (said === id) right++;
}
console.log(`accuracy: ${((100 * right) / test.length).toFixed(2)} %`);

/** What the network hears of one sound: at another speed, and at another place, each time. */
function prepare(sound) {
  const padded = padSound(randomScale(sound, { random }), LENGTH / 2);
  return randomCrop(padded, { length: LENGTH, random });
}

/** Sounds of all classes in turn, each of its own length, pitch and loudness. */
function sounds(random, count) {
  return Array.from({ length: count }, (_, i) => {
    const id = i % CLASSES.length;
    const voice = VOICES[CLASSES[id]];
    const pitch = 300 * 4 ** random();
    const loudness = 10 ** -random();
    const length = 4000 + uniformInt(random, 4000);
    const sound = Float32Array.from(
      { length },
      (_, t) => loudness * voice(t / RATE, pitch, random),
    );
    return { sound, id };
  });
}
