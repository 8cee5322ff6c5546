// What a run costs beside its training: lines of metrics, files for TensorBoard, a checkpoint after each epoch that is kept for
// good, too, and the report. The share of the time of training, in one and the same run: all that is not a step, over all steps; once
// by the clock, and once by the processor, which other programs on the machine do not disturb but which does not see the disk.
//
//     node bench/overhead.mjs [--images 2000] [--epochs 1] [--batch 32] [--runs 3] [--models convnet,resnet32]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { useBackend } from '@bcl/backends';
import { embedded, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { createModel } from '@bcl/models';
import { adamW, cosine, ModelManager, Run, sgd, writeReport } from '@bcl/trainer';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '2000' },
    epochs: { type: 'string', default: '1' },
    batch: { type: 'string', default: '32' },
    runs: { type: 'string', default: '3' },
    models: { type: 'string', default: 'convnet,resnet32' },
  },
});
const [images, epochs, batchSize, runs] = ['images', 'epochs', 'batch', 'runs'].map((name) =>
  Number(values[name]),
);

/** From the smallest checkpoint to the largest: two moments and a moving average make it four times the weights. */
const ways = {
  sgd: { make: () => sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true }) },
  'adamw and ema': { make: () => adamW({ learningRate: 0.001 }), ema: 0.999 },
};

/** What is timed beside the steps: methods of a run, and the report. */
const parts = ['keep', 'record', 'report'];

await useBackend('wasm');
const rows = [];
for (const model of values.models.split(',')) {
  for (const [way, { make, ema }] of Object.entries(ways)) {
    const all = [];
    for (let run = 0; run < runs; run++) all.push(await measure(model, make(), ema));
    const percent = (name, clock) =>
      summary(all.map((each) => (100 * each[name][clock]) / each.training[clock]));
    const [byClock, byProcessor] = ['wall', 'cpu'].map((clock) => percent('overhead', clock));
    rows.push({
      model,
      way,
      secondsPerEpoch: round(summary(all.map((each) => each.training.wall / epochs)).median),
      overheadPercent: round(byClock.median, 2),
      spread: round(byClock.spread, 2),
      cpuPercent: round(byProcessor.median, 2),
      cpuSpread: round(byProcessor.spread, 2),
      ...Object.fromEntries(parts.map((part) => [part, round(percent(part, 'cpu').median, 2)])),
    });
  }
}
console.table(rows);
keep('overhead', { images, epochs, batchSize, runs, rows });

/** Seconds of a training, and of what came beside it. */
async function measure(name, optimizer, ema) {
  const data = embedded({ split: 'train', size: images, seed: 1 });
  const manager = new ModelManager({
    model: createModel(name, { classes: 10, inputShape: data.shape, seed: 1 }),
    optimizer,
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(data, 'bc+'),
    seed: 1,
    ...(ema ? { ema } : {}),
  });
  const folder = mkdtempSync(join(tmpdir(), 'bcl-overhead-'));
  const spent = Object.fromEntries(parts.map((part) => [part, zero()]));
  try {
    const settings = { data: {}, model: { name }, method: 'bc+', label: 'ratio', seed: 1 };
    const run = await Run.create(
      join(folder, 'run'),
      { ...settings, training: { epochs, batchSize }, backend: 'wasm', threads: 1 },
      { keepEvery: 1, tensorBoard: true },
    );
    for (const method of ['keep', 'record']) {
      const call = run[method].bind(run);
      run[method] = (...args) => timed(spent[method], () => call(...args));
    }
    const mixer = new Mixer({ method: 'bc+', numClasses: 10, seed: 1 });
    const options = { epochs, batchSize, mixer, schedule: cosine(optimizer.learningRate), run };
    const all = zero();
    let training;
    await timed(all, async () => {
      const steps = zero();
      let mark = now();
      for await (const event of manager.train(data, options)) {
        if (event.type === 'step') add(steps, mark);
        if (event.type === 'epoch') await timed(spent.report, () => writeReport(run.folder));
        mark = now();
      }
      training = steps;
    });
    // A step's own event comes after its line is written.
    for (const clock of ['wall', 'cpu']) training[clock] -= spent.record[clock];
    const overhead = { wall: all.wall - training.wall, cpu: all.cpu - training.cpu };
    return { training, overhead, ...spent };
  } finally {
    manager.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function zero() {
  return { wall: 0, cpu: 0 };
}

/** Seconds by the clock and by the processor, all threads together. */
function now() {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
}

function add(sum, since) {
  const end = now();
  for (const clock of ['wall', 'cpu']) sum[clock] += end[clock] - since[clock];
}

async function timed(sum, call) {
  const start = now();
  try {
    return await call();
  } finally {
    add(sum, start);
  }
}
