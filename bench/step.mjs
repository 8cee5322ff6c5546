// Training as a user runs it (data, augmentation, BC+ and optimizer included), by default of ConvNet: images/s on one thread and on
// two, the share of each kernel and of data and mixing, memory and tensors, and a plain product on packed panels in the same run to
// measure the machine by.
//
//     node bench/step.mjs [--network convnet] [--batch 128] [--steps 12] [--runs 3] [--threads 1,2]
//     node bench/step.mjs --backends wasm,tensorflow,webgpu     # side by side; only wasm counts threads
//     node bench/step.mjs --backends webgpu --resident          # images that are kept on the device
//     node bench/step.mjs --backends webgpu --flags BCL_WEBGPU_F16,BCL_WEBGPU_SUBGROUPS     # of tf.env()
import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { useBackend } from '@bcl/backends';
import { drawFlip, drawPadCrop, embedded, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { mixBytesToTensors } from '@bcl/mixing/fast-tensors';
import { createModel, summarize } from '@bcl/models';
import { createRandom } from '@bcl/random';
import { ModelManager, sgd } from '@bcl/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { tensorflowModules, useSwiftShaderWithoutGpu } from '../test-support/backends.mjs';
import { keep, round, summary, times } from './measure.mjs';

/** Networks for images of 32×32 by their names here. */
const networks = {
  convnet: ['convnet', {}],
  resnet18: ['resnet18', { stem: 'cifar' }],
  shakeShake: ['shakeShake', {}],
};

const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'convnet' },
    batch: { type: 'string', default: '128' },
    steps: { type: 'string', default: '12' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1,2' },
    backends: { type: 'string', default: 'wasm' },
    resident: { type: 'boolean', default: false },
    flags: { type: 'string', default: '' },
    child: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
  },
});
const batch = Number(values.batch);
const steps = Number(values.steps);

if (values.child) console.log(JSON.stringify(await train(values.backend, Number(values.child))));
else await compare();

/** Runs each backend, with each number of threads, in processes of its own, by turns. */
async function compare() {
  useSwiftShaderWithoutGpu();
  const threads = values.threads.split(',').map(Number);
  const settings = values.backends
    .split(',')
    .flatMap((backend) =>
      (backend === 'wasm' ? threads : [1]).map((count) => ({ backend, threads: count })),
    );
  const results = settings.map(() => []);
  for (let run = 0; run < Number(values.runs); run++) {
    for (const [i, setting] of settings.entries()) results[i].push(inProcess(setting));
  }
  const rows = settings.map((setting, i) => {
    const all = results[i];
    const speed = summary(all.map((r) => r.imagesPerSecond));
    return {
      ...setting,
      device: all[0].device,
      imagesPerSecond: round(speed.median),
      spread: round(speed.spread),
      gflops: round(speed.median * all[0].gflopPerImage),
      ofProduct: round(
        summary(all.map((r) => (r.imagesPerSecond * r.gflopPerImage) / r.productGflops)).median,
        2,
      ),
      ...(values.resident
        ? {}
        : { dataShare: round(summary(all.map((r) => r.dataShare)).median, 5) }),
      peakMiB: Math.max(...all.map((r) => r.peakMiB)),
      tensorsAfterEachStep: all[0].tensors,
    };
  });
  console.table(
    rows.map(({ tensorsAfterEachStep, device, ...row }) => ({
      ...row,
      tensors: tensorsAfterEachStep.join(' '),
    })),
  );
  const { kernels } = results[0][0];
  if (kernels) console.table(kernels);
  const { network, runs, resident, flags } = values;
  const file = values.backends === 'wasm' ? 'step' : 'backends';
  keep(file, { network, batch, steps, runs: Number(runs), resident, flags, rows, kernels });
}

/** One training in a process of its own, which finds TensorFlow where scripts/bring-tensorflow.mjs put it. */
function inProcess({ backend, threads }) {
  const { network, batch, steps, flags } = values;
  const options = { backend, child: threads, network, batch, steps, flags };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (values.resident) args.push('--resident');
  const out = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: tensorflowModules().join(delimiter) },
  });
  return JSON.parse(out.trim().split('\n').at(-1));
}

/** One training of `steps` batches. */
async function train(backend, threads) {
  tf.enableProdMode(); // no banner
  await useBackend('wasm');
  const productGflops = measureProduct();
  const { why } = await useBackend(backend);
  for (const flag of values.flags.split(',').filter(Boolean)) tf.env().set(flag, true);
  const data = embedded({ split: 'train', size: batch * steps, seed: 1 });
  const preprocessing = Preprocessing.fit(data, 'bc+');
  const [name, options] = networks[values.network];
  const model = createModel(name, { ...options, classes: 10, inputShape: [32, 32, 3], seed: 1 });
  const manager = new ModelManager({
    model,
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    loss: 'klDivergence',
    preprocessing,
    seed: 1,
  });
  const mixer = new Mixer({ method: 'bc+', numClasses: 10, seed: 1 });
  const share = backend === 'wasm' && threads === 1 ? countKernels() : undefined;
  const speeds = [];
  const tensors = [];
  const training = {
    epochs: 1,
    batchSize: batch,
    mixer,
    threads,
    layerModules: ['@bcl/models'],
    resident: values.resident,
  };
  let last = performance.now();
  for await (const event of manager.train(data, training)) {
    if (event.type !== 'step') continue;
    const now = performance.now();
    if (event.step > 2) speeds.push((batch * 1000) / (now - last));
    if (event.step === 2) share?.reset();
    last = now;
    tensors.push(tf.memory().numTensors);
  }
  const imagesPerSecond = summary(speeds).median;
  return {
    device: why.slice(why.indexOf(':') + 2),
    imagesPerSecond,
    // Products and sums of its forward and backward pass.
    gflopPerImage: (6 * summarize(model).multiplyAdds) / 1e9,
    productGflops,
    // Resident images are made ready on the device.
    ...(values.resident
      ? {}
      : { dataShare: (measureData(data, preprocessing) * imagesPerSecond) / (1000 * batch) }),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    tensors: tensors.slice(1, 6),
    kernels: share?.table(),
  };
}

/** Milliseconds to draw a batch of pairs and to read, normalise, flip, crop and mix them, as the trainer does before each step. */
function measureData(data, { mean, std }) {
  const random = createRandom(2);
  const mixer = new Mixer({ method: 'bc+', numClasses: 10, seed: 2 });
  const method = { ownMean: true, zeroMean: true, keepEnergy: true, balance: true };
  const taken = times(15, () => {
    const { first, partner, ratio } = mixer.drawFrom(data.labels, batch);
    const { flip } = drawFlip(2 * batch, { random });
    const { top, left } = drawPadCrop(2 * batch, { random });
    const views = (index, at) => {
      const part = (plan) => plan.subarray(at, at + batch);
      return { index, flip: part(flip), top: part(top), left: part(left) };
    };
    const plan = { first: views(first, 0), second: views(partner, batch), ratio, padding: 4 };
    const options = { method, mean, std, label: 'ratio', numClasses: 10 };
    tf.dispose(Object.values(mixBytesToTensors(data, plan, options)));
  });
  return summary(taken).median;
}

/** GFLOP/s of a square matrix product on one thread: the ceiling of this machine at this moment. */
function measureProduct() {
  const a = tf.randomUniform([512, 512], -1, 1);
  const taken = times(15, () => tf.dispose(tf.matMul(a, a)));
  a.dispose();
  return round((2 * 512 ** 3) / Math.min(...taken) / 1e6);
}

/** Wraps every kernel of the wasm backend to add up its time, calls of one kernel by another counted once. */
function countKernels() {
  const spent = new Map();
  let inner = 0;
  let start = performance.now();
  for (const config of tf.getKernelsForBackend('wasm')) {
    tf.unregisterKernel(config.kernelName, 'wasm');
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => {
        const outer = inner;
        inner = 0;
        const begin = performance.now();
        const result = config.kernelFunc(call);
        const took = performance.now() - begin;
        spent.set(config.kernelName, (spent.get(config.kernelName) ?? 0) + took - inner);
        inner = outer + took;
        return result;
      },
    });
  }
  return {
    reset() {
      spent.clear();
      start = performance.now();
    },
    table() {
      const total = performance.now() - start;
      const rows = [...spent].map(([kernel, ms]) => ({ kernel, share: round(ms / total, 3) }));
      const rest = 1 - rows.reduce((sum, row) => sum + row.share, 0);
      rows.push({ kernel: '(outside of kernels)', share: round(rest, 3) });
      return rows.filter((row) => row.share >= 0.001).sort((a, b) => b.share - a.share);
    },
  };
}
