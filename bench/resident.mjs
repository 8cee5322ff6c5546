// Batches of images that are resident on the device, beside batches made on the host and sent there: shuffled, flipped, padded and cropped,
// normalised, then one value read back, which waits for all of it. Milliseconds a batch, and of these how many the loop's thread is busy
// until it waits, with their ratios, in turns within one run, on each backend. Without a GPU name a software one (CONTRIBUTING.md): webgpu is then a CPU that plays GPU, and sending is a copy in its memory.
//
//     node bench/resident.mjs [--batch 64] [--batches 40] [--rounds 9] [--backends webgpu,wasm,cpu]
import { parseArgs } from 'node:util';
import { describeBackends, useBackend } from '@bcl/backends';
import { compose, DataIterator, Preprocessing } from '@bcl/datasets';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    batches: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '9' },
    backends: { type: 'string', default: 'webgpu,wasm,cpu' },
  },
});
const [batchSize, batches, rounds] = [values.batch, values.batches, values.rounds].map(Number);
const shape = [32, 32, 3];

tf.env().set('IS_TEST', true); // no banner
const train = made(batchSize * batches);
const augment = compose([{ step: 'flip' }, { step: 'padCrop', padding: 4 }]);
const methods = ['standard', 'bc+'].map((method) => Preprocessing.fit(train, method));
const rows = [];
for (const backend of values.backends.split(',')) {
  await useBackend(backend);
  for (const preprocessing of methods) rows.push(await compare(backend, preprocessing));
}
console.table(rows);
const { backends } = await describeBackends();
const { adapter } = backends.find(({ name }) => name === 'webgpu');
const bytes = {
  'sent a batch by the host': 4 * batchSize * shape[0] * shape[1] * shape[2],
  'sent a batch of resident images': 32 * batchSize,
};
keep('resident', { adapter, batch: batchSize, batches, rounds, bytes, rows });
tf.findBackend('webgpu')?.device.destroy(); // or the process would wait for it

/** Times an epoch by both ways in turns, after one each that does not count. */
async function compare(backend, preprocessing) {
  const options = { batchSize, random: createRandom(1), preprocessing, augment };
  const ways = {
    host: new DataIterator(train, options),
    resident: new DataIterator(train, { ...options, resident: true }),
  };
  const taken = { host: [], resident: [] };
  const busy = { host: [], resident: [] };
  for (let i = -1; i < rounds; i++) {
    for (const [who, iterator] of Object.entries(ways)) {
      const { whole, thread } = await epoch(iterator);
      if (i < 0) continue;
      taken[who].push(whole / batches);
      busy[who].push(thread / batches);
    }
  }
  ways.resident.dispose();
  const ratio = ({ host, resident }) => summary(host.map((ms, i) => ms / resident[i]));
  const [faster, freer] = [ratio(taken), ratio(busy)];
  return {
    backend,
    method: preprocessing.method,
    hostMs: round(summary(taken.host).median, 2),
    residentMs: round(summary(taken.resident).median, 2),
    timesFaster: round(faster.median, 2),
    timesFasterSpread: round(faster.spread, 2),
    hostThreadMs: round(summary(busy.host).median, 2),
    residentThreadMs: round(summary(busy.resident).median, 2),
    timesLessOfThread: round(freer.median, 2),
    timesLessOfThreadSpread: round(freer.spread, 2),
  };
}

/** Milliseconds of a loop over all batches, and of these how many until something is waited for. */
async function epoch(iterator) {
  const start = performance.now();
  let thread = 0;
  let since = start;
  for await (const { xs, ys } of iterator) {
    const one = tf.slice(xs, 0, [1, 1, 1, 1]);
    thread += performance.now() - since;
    await one.data();
    since = performance.now();
    tf.dispose([xs, ys, one]);
  }
  return { whole: performance.now() - start, thread };
}

/** Images of noise. */
function made(count) {
  const size = shape[0] * shape[1] * shape[2];
  const images = Uint8Array.from(
    { length: count * size },
    (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255,
  );
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return { name: 'noise', images, labels, shape, classNames: Array.from('0123456789') };
}
