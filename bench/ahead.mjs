// What a GPU gains when steps are sent to it before the numbers of those before them are read: milliseconds a step with no step ahead and
// with two, in turns within one run; and what reading a step costs, with the kernel that sums all gradients and without. Without a GPU
// name a software one (CONTRIBUTING.md): that computes on the cores that also prepare the next step, so there is little to gain.
//
//     node bench/ahead.mjs [--network convnet] [--batch 16] [--steps 8] [--runs 3]
import { parseArgs } from 'node:util';
import { describeBackends, registerWebgpuKernels, useBackend } from '@bcl/backends';
import { embedded, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { createModel } from '@bcl/models';
import { ModelManager, sgd } from '@bcl/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { useSwiftShader } from '../test-support/backends.mjs';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'convnet' },
    batch: { type: 'string', default: '16' },
    steps: { type: 'string', default: '8' },
    runs: { type: 'string', default: '3' },
  },
});
const [batch, steps, runs] = [values.batch, values.steps, values.runs].map(Number);

useSwiftShader();
tf.env().set('IS_TEST', true); // no banner
await useBackend('webgpu');
const { backends } = await describeBackends();
const { adapter } = backends.find(({ name }) => name === 'webgpu');
const all = embedded({ split: 'train' });
const examples = steps * batch;
const trainSet = {
  ...all,
  images: all.images.subarray(0, examples * 3072),
  labels: all.labels.subarray(0, examples),
};
const network = createModel(values.network, { classes: 10 });
const manager = new ModelManager({
  model: network,
  optimizer: sgd({ learningRate: 1e-5, momentum: 0.9, nesterov: true }),
  loss: 'klDivergence',
  preprocessing: Preprocessing.fit(all, 'bc+'),
});

const taken = { 0: [], 2: [] };
for (let run = -1; run < runs; run++) {
  for (const stepsAhead of [0, 2]) {
    const ms = await epoch(stepsAhead);
    if (run >= 0) taken[stepsAhead].push(ms);
  }
}
const reading = {};
for (const [way, off] of [
  ['one kernel', []],
  ['a sum each', ['BclSumOfAll']],
]) {
  await registerWebgpuKernels({ off });
  reading[way] = await readingCost();
}
const [direct, ahead] = [summary(taken[0]), summary(taken[2])];
const result = {
  adapter,
  network: values.network,
  batch,
  msPerStep: round(direct.median),
  spread: round(direct.spread),
  msPerStepAhead: round(ahead.median),
  spreadAhead: round(ahead.spread),
  ratio: round(summary(taken[0].map((ms, i) => ms / taken[2][i])).median, 3),
};
console.table([result]);
console.table(reading);
keep('ahead', { ...result, reading });
tf.backend().device.destroy(); // or the process would wait for it

/** Trains an epoch and says what a step of it took, from the first to the last. */
async function epoch(stepsAhead) {
  const mixer = new Mixer({ method: 'bc+', numClasses: 10, seed: 1 });
  const epochs = manager.epoch + 1;
  let ms = 0;
  for await (const event of manager.train(trainSet, {
    epochs,
    batchSize: batch,
    mixer,
    stepsAhead,
  })) {
    if (event.type === 'epoch') ms = (1000 * event.seconds) / steps;
  }
  return ms;
}

/** Passes over the GPU of summing tensors like all gradients, and milliseconds until the sum is read. */
async function readingCost() {
  const gradients = network.trainableWeights.map(({ shape }) => tf.randomUniform(shape, -1, 1));
  const backend = tf.backend();
  const { runWebGPUProgram } = backend;
  let passes = 0;
  backend.runWebGPUProgram = (...given) => {
    passes++;
    return runWebGPUProgram.apply(backend, given);
  };
  const own = tf.getKernel('BclSumOfAll', 'webgpu');
  const sum = () =>
    own
      ? tf.engine().runKernel('BclSumOfAll', { ...gradients })
      : tf.sum(tf.stack(gradients.map((gradient) => tf.sum(gradient))));
  const times = [];
  for (let i = -1; i < 5; i++) {
    passes = 0;
    const start = performance.now();
    const total = tf.tidy(sum);
    await total.data();
    if (i >= 0) times.push(performance.now() - start);
    total.dispose();
  }
  backend.runWebGPUProgram = runWebGPUProgram;
  tf.dispose(gradients);
  const { median, spread } = summary(times);
  return { passes, ms: round(median), spread: round(spread) };
}
