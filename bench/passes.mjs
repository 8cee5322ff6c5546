// Kernels that are a pass over memory, each beside what serves where it is switched off, by turns in one run on one thread:
// milliseconds and how many times as fast.
//
//     node bench/passes.mjs [--runs 15]
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers the gradients of TensorFlow.js
import { registerWasmKernels } from '@bcl/backends';
import { klDivergence, softmaxCrossEntropy } from '@bcl/losses';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary, times } from './measure.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' } } });
const runs = Number(values.runs);

await tf.setBackend('wasm');
const { build } = await registerWasmKernels();

/** [size, channels, window, stride] of average poolings, batches of 64. */
const pools = [
  [32, 64, 2, 2],
  [32, 64, 3, 2],
  [32, 64, 3, 1],
  [16, 128, 2, 2],
  [33, 3, 3, 2],
];

const rows = [];
for (const [size, channels, window, stride] of pools) {
  const x = tf.randomUniform([64, size, size, channels], -1, 1);
  const dy = tf.avgPool(x, window, stride, 'same');
  const what = `average pooling ${size}×${size}×${channels}, ${window}×${window} by ${stride}, gradient`;
  const attrs = { filterSize: window, strides: stride, pad: 'same' };
  const run = () => tf.engine().runKernel('AvgPoolGrad', { dy, input: x }, attrs);
  rows.push(await compare(what, ['AvgPoolGrad'], run));
  tf.dispose([x, dy]);
}
/** [size, channels] of the max poolings of the ConvNet, 2×2 by 2. */
for (const [size, channels] of [
  [32, 64],
  [16, 128],
  [8, 256],
]) {
  const x = tf.randomUniform([64, size, size, channels], -1, 1);
  const y = tf.maxPool(x, 2, 2, 'same');
  const what = `max pooling ${size}×${size}×${channels}, 2×2 by 2, gradient`;
  const attrs = { filterSize: 2, strides: 2, pad: 'same' };
  const run = () => tf.engine().runKernel('MaxPoolGrad', { dy: y, input: x, output: y }, attrs);
  rows.push(await compare(what, ['MaxPoolGrad'], run));
  tf.dispose([x, y]);
}
/** [size, channels] of the last layer of ResNet-18 for 32×32 and for 224×224, and of ResNet-50. */
const lasts = [
  [4, 512],
  [7, 512],
  [7, 2048],
];
for (const [size, channels] of lasts) {
  const x = tf.randomUniform([64, size, size, channels], -1, 1);
  const dy = tf.randomUniform([64, channels], -1, 1);
  const what = `mean of ${size}×${size}×${channels}`;
  const mean = (x) => tf.mean(x, [1, 2]);
  rows.push(await compare(what, ['Mean', 'BclMeanGrad'], () => mean(x)));
  rows.push(
    await compare(`${what} and gradient`, ['Mean', 'BclMeanGrad'], () => tf.grad(mean)(x, dy)),
  );
  tf.dispose([x, dy]);
}
for (const [batch, classes] of [
  [128, 10],
  [128, 100],
  [128, 1000],
]) {
  const labels = tf.softmax(tf.randomNormal([batch, classes], 0, 3));
  const logits = tf.randomNormal([batch, classes], 0, 2);
  for (const loss of [klDivergence, softmaxCrossEntropy]) {
    const what = `${loss.name} ${batch}×${classes}`;
    const value = () => loss(labels, logits);
    const both = () => tf.grad((y) => loss(labels, y))(logits);
    rows.push(await compare(what, ['BclSoftmaxLoss'], value));
    rows.push(await compare(`${what} and gradient`, ['BclSoftmaxLoss'], both));
  }
  tf.dispose([labels, logits]);
}
console.table(rows);
keep('passes', { build, runs, rows });

/** Times `run` with kernels and without, five turns each. */
async function compare(what, kernels, run) {
  const taken = { ours: [], stock: [] };
  const ratios = [];
  for (let turn = 0; turn < 5; turn++) {
    const medians = {};
    for (const [side, off] of [
      ['ours', []],
      ['stock', kernels],
    ]) {
      await registerWasmKernels({ off });
      const turnTaken = times(runs, () => tf.dispose(tf.tidy(run)));
      taken[side].push(...turnTaken);
      medians[side] = summary(turnTaken).median;
    }
    ratios.push(medians.stock / medians.ours);
  }
  await registerWasmKernels({ off: [] });
  const [ours, stock, ratio] = [taken.ours, taken.stock, ratios].map(summary);
  return {
    what,
    ms: round(ours.median, 3),
    spreadMs: round(ours.spread, 3),
    offMs: round(stock.median, 3),
    offSpreadMs: round(stock.spread, 3),
    timesFaster: round(ratio.median),
    spread: round(ratio.spread),
  };
}
