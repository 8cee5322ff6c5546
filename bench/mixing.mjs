// Mixing on one thread, images a second: the BC+ op on a float batch, and the whole way from bytes to a mixed batch, each by
// all the ways that there are; NumPy and PyTorch beside them where they are installed. Ways are timed in turns, and by the CPU
// time of the process, which is the wall's on a quiet machine: what else a busy one does is left out. Beside the median is the
// best round.
//
//     node bench/mixing.mjs [--batch 128] [--rounds 15]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-wasm';
import { registerWasmKernels } from '@bcl/backends';
import { applyFlip, applyPadCrop, Preprocessing } from '@bcl/datasets';
import { bcPlus, Mixer } from '@bcl/mixing';
import { ByteMixer, mixBytes } from '@bcl/mixing/fast';
import { mixBytesToTensors } from '@bcl/mixing/fast-tensors';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: { batch: { type: 'string', default: '128' }, rounds: { type: 'string', default: '15' } },
});
const batch = Number(values.batch);
const rounds = Number(values.rounds);
const [N, H, W, C, K] = [50_000, 32, 32, 3, 10];
const floats = batch * H * W * C;

await tf.setBackend('wasm');
const stockKernel = () => tf.getKernel('BclBetweenClass', 'wasm');
const composed = stockKernel();
await registerWasmKernels();
const fused = stockKernel();

const x1 = tf.randomNormal([batch, H, W, C], 0, 1, 'float32', 1);
const x2 = tf.randomNormal([batch, H, W, C], 0, 1, 'float32', 2);
const ratio = Float32Array.from({ length: batch }, (_, i) => (i + 0.5) / batch);
const op = measure({
  'tfjs ops, wasm backend': [5, () => withKernel(composed, () => bcPlus(x1, x2, ratio).dispose())],
  'our kernel, wasm backend': [60, () => withKernel(fused, () => bcPlus(x1, x2, ratio).dispose())],
});

const bytes = new Uint8Array(N * H * W * C);
for (let i = 0; i < bytes.length; i++) bytes[i] = (Math.imul(i, 2654435761) >>> 13) & 255;
const labels = Uint8Array.from({ length: N }, (_, i) => (i * 7) % K);
const data = { images: bytes, labels, shape: [H, W, C] };
const statistics = { mean: [4.6, 2.24, -6.84], std: [55.9, 53.7, 56.5] };
const options = { ...statistics, numClasses: K };
const drawer = new ByteMixer({ ...options, seed: 1 });
const firsts = Int32Array.from({ length: batch }, (_, i) => (i * 389) % N);
const plan = drawer.draw(data, firsts);
const output = { images: new Float32Array(floats), labels: new Float32Array(batch * K) };
const source = new Float32Array(floats).fill(1);
const preprocessing = new Preprocessing({
  method: 'bc+',
  ...statistics,
  shape: data.shape,
  classes: K,
});
const released = new Mixer({ method: { keepEnergy: true, balance: true }, numClasses: K });

const pipeline = measure({
  'tensor ops, our kernel in them': [3, throughTensors],
  'plain TypeScript': [9, () => mixBytes(data, plan, { ...options, engine: 'script' }, output)],
  'one sweep, WebAssembly': [
    60,
    () => mixBytes(data, plan, { ...options, engine: 'wasm' }, output),
  ],
  'one sweep into the wasm backend': [
    60,
    () => tf.dispose(Object.values(mixBytesToTensors(data, plan, options))),
  ],
  'draw and one sweep, WebAssembly': [
    60,
    () => drawer.apply(data, drawer.draw(data, firsts), output),
  ],
  'a plain copy of the floats': [200, () => output.images.set(source)],
});
const draw = measure({ [`${batch} pairs of ${N} images`]: [100, () => drawer.draw(data, firsts)] });
const python = yardsticks();

const all = {
  op: [...op, ...(python?.op ?? [])],
  pipeline: [...pipeline, ...(python?.pipeline ?? [])],
  draw,
};
for (const [name, rows] of Object.entries(all)) {
  console.log(name);
  console.table(rows);
}
const speed = (rows, name, key = 'imagesPerSecond') => rows.find(({ what }) => what === name)[key];
const ratios = {
  'op: our kernel to tfjs ops':
    speed(op, 'our kernel, wasm backend') / speed(op, 'tfjs ops, wasm backend'),
  'pipeline: one sweep to tensor ops':
    speed(pipeline, 'one sweep, WebAssembly') / speed(pipeline, 'tensor ops, our kernel in them'),
  'pipeline: WebAssembly to TypeScript':
    speed(pipeline, 'one sweep, WebAssembly') / speed(pipeline, 'plain TypeScript'),
  'pipeline: one sweep to a plain copy':
    speed(pipeline, 'one sweep, WebAssembly') / speed(pipeline, 'a plain copy of the floats'),
};
for (const [what, times] of Object.entries(ratios)) console.log(`${what}: ${times.toPrecision(2)}`);
keep('mixing', { batch, rounds, ...all, ratios, ...(python && { python: python.versions }) });

/** Times the ways in turns: in each round each way some times. A figure is the median of the rounds. */
function measure(ways) {
  const entries = Object.entries(ways);
  const taken = entries.map(() => []);
  for (let i = -2; i < rounds; i++) {
    entries.forEach(([, [calls, call]], way) => {
      const start = process.cpuUsage();
      for (let k = 0; k < calls; k++) call();
      const { user, system } = process.cpuUsage(start);
      if (i >= 0) taken[way].push((user + system) / 1000 / calls);
    });
  }
  return entries.map(([what], way) => {
    const { median, spread } = summary(taken[way]);
    return {
      what,
      ms: round(median, 3),
      spreadMs: round(spread, 3),
      imagesPerSecond: Math.round((1000 * batch) / median),
      best: Math.round((1000 * batch) / Math.min(...taken[way])),
    };
  });
}

/** Runs with or without our kernel, as a user has it or not. */
function withKernel(kernel, run) {
  const now = stockKernel();
  if (now !== kernel) {
    if (now) tf.unregisterKernel('BclBetweenClass', 'wasm');
    if (kernel) tf.registerKernel(kernel);
  }
  run();
}

/** The same batch through the ops of @bcl/datasets and the Mixer: both images of each pair in one batch of twice the size. */
function throughTensors() {
  const { first, second, padding } = plan;
  const both = (name, Type) => Type.from([...first[name], ...second[name]]);
  const chosen = both('index', Int32Array);
  const raw = new Uint8Array(2 * floats);
  const size = H * W * C;
  chosen.forEach((index, i) => {
    raw.set(bytes.subarray(index * size, (index + 1) * size), i * size);
  });
  const mixed = tf.tidy(() => {
    const normal = preprocessing.apply(raw, 2 * batch);
    const flipped = applyFlip(normal, { flip: both('flip', Uint8Array) });
    const moved = applyPadCrop(flipped, {
      padding,
      top: both('top', Int32Array),
      left: both('left', Int32Array),
    });
    const ids = Array.from(chosen, (index) => labels[index]);
    const mix = released.apply(moved, ids, {
      partner: Int32Array.from(chosen, (_, i) => (i + batch) % (2 * batch)),
      ratio: Float32Array.from(chosen, (_, i) => plan.ratio[i % batch]),
    });
    return [tf.slice(mix.images, 0, batch), tf.slice(mix.labels, 0, batch)];
  });
  tf.dispose(mixed);
}

/** What mixing.py measures, or nothing where there is no NumPy. */
function yardsticks() {
  const script = fileURLToPath(new URL('./mixing.py', import.meta.url));
  const pythons = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter(Boolean);
  const answers = pythons.map((python) => {
    const { stdout, status } = spawnSync(python, [script, String(rounds)], { encoding: 'utf8' });
    return status === 0 ? JSON.parse(stdout) : undefined;
  });
  const found = answers.find((answer) => answer?.versions.torch) ?? answers.find(Boolean);
  if (!found) {
    console.log(
      'no NumPy here: its figures and those of PyTorch are left out (apt-get install python3-torch)',
    );
    return undefined;
  }
  const rows = (rates) =>
    Object.entries(rates).map(([what, { median, best }]) => ({
      what,
      ms: round((1000 * batch) / median, 3),
      imagesPerSecond: Math.round(median),
      best: Math.round(best),
    }));
  return { versions: found.versions, op: rows(found.op), pipeline: rows(found.pipeline) };
}
