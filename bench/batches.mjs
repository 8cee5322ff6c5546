// Batches on one core, images a second: 50 000 shuffled images, flipped, padded and cropped, normalised, as tensors of the wasm
// backend, by DataIterator; by its threads; by tensor ops one after the other; and a plain copy of the floats beside them. Ways are
// timed in turns, and by the CPU time of the process with its threads, which is the wall's on a quiet machine: what else a busy one does
// is left out.
//
//     node bench/batches.mjs [--batch 128] [--rounds 9]
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-wasm';
import { compose, DataIterator, Preprocessing, readExamples } from '@bcl/datasets';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: { batch: { type: 'string', default: '128' }, rounds: { type: 'string', default: '9' } },
});
const batchSize = Number(values.batch);
const rounds = Number(values.rounds);
const [N, H, W, C] = [50_000, 32, 32, 3];
const [LARGE, FEW] = [256, 64];

await tf.setBackend('wasm');
const train = made(N, [H, W, C]);
const large = made(FEW, [LARGE, LARGE, C]);
const crops = compose([{ step: 'flip' }, { step: 'padCrop', padding: 4 }]);
const boxes = compose([
  { step: 'randomResizedCrop', size: [224, 224] },
  { step: 'flip' },
  { step: 'pcaColor' },
]);
const standard = Preprocessing.fit(train, 'standard');
const waves = Preprocessing.fit(train, 'bc+');
const source = new Float32Array(batchSize * H * W * C).fill(1);
const target = new Float32Array(source.length);

const ways = {
  'DataIterator, standard': epochOf(train, { preprocessing: standard, augment: crops }),
  'DataIterator, bc+': epochOf(train, { preprocessing: waves, augment: crops }),
  'DataIterator, bc+, one thread ahead': epochOf(train, {
    preprocessing: waves,
    augment: crops,
    prefetch: { threads: 1 },
  }),
  'tensor ops one after the other, bc+': byTensors,
  'boxes of 256 x 256 to 224 x 224, standard': epochOf(large, {
    batchSize: FEW / 2,
    preprocessing: Preprocessing.fit(large, 'standard', { augment: boxes }),
    augment: boxes,
  }),
  'a plain copy of the floats': () => {
    for (let i = 0; i < 400; i++) target.set(source);
    return 400 * batchSize;
  },
};
const taken = Object.fromEntries(Object.keys(ways).map((what) => [what, []]));
for (let i = -1; i < rounds; i++) {
  for (const [what, run] of Object.entries(ways)) {
    const start = process.cpuUsage();
    const images = await run();
    const { user, system } = process.cpuUsage(start);
    if (i >= 0) taken[what].push((1e6 * images) / (user + system));
  }
}
const rows = Object.entries(taken).map(([what, speeds]) => {
  const { median, spread } = summary(speeds);
  const imagesPerSecond = Math.round(median);
  return {
    what,
    imagesPerSecond,
    spread: Math.round(spread),
    best: Math.round(Math.max(...speeds)),
  };
});
console.table(rows);
const speed = (what) => rows.find((row) => row.what === what).imagesPerSecond;
const ratios = {
  'DataIterator to tensor ops':
    speed('DataIterator, bc+') / speed('tensor ops one after the other, bc+'),
  'DataIterator to a plain copy': speed('DataIterator, bc+') / speed('a plain copy of the floats'),
};
for (const [what, times] of Object.entries(ratios)) console.log(`${what}: ${round(times, 3)}`);
keep('batches', { batch: batchSize, rounds, rows, ratios });

/** Images of noise. */
function made(count, [height, width, channels]) {
  const images = new Uint8Array(count * height * width * channels);
  for (let i = 0; i < images.length; i++) images[i] = (Math.imul(i, 2654435761) >>> 13) & 255;
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * 7) % 10);
  const classNames = Array.from('0123456789');
  return { name: 'noise', images, labels, shape: [height, width, channels], classNames };
}

/** One epoch each time it is called, to the tensors. */
function epochOf(dataset, options) {
  const batches = new DataIterator(dataset, { batchSize, random: createRandom(1), ...options });
  return async () => {
    for await (const { xs, ys } of batches) tf.dispose([xs, ys]);
    return dataset.labels.length;
  };
}

/** Some batches by ops on tensors. */
function byTensors() {
  const random = createRandom(1);
  for (let b = 0; b < 10; b++) {
    const indices = Int32Array.from({ length: batchSize }, (_, i) => (b * 7919 + i * 389) % N);
    const { xs, ys } = readExamples(train, indices, waves);
    tf.dispose([xs, ys, crops.augment(xs, random.stream(`batch ${b}`))]);
  }
  return 10 * batchSize;
}
