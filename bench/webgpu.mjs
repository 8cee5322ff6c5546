// Both gradients of each convolution of the ConvNet on the webgpu backend: milliseconds and GFLOP/s of our tiled products, beside the
// kernels that TensorFlow.js ships, and ours with operands stored in 16 bits, in turns within one run. Without a GPU name a software one
// (CONTRIBUTING.md): the ratio is then that of a CPU that plays GPU.
//
//     node bench/webgpu.mjs [--batch 16] [--runs 5]
import { parseArgs } from 'node:util';
import { describeBackends, registerWebgpuKernels, useBackend } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { attrs, shapes } from './convolutions.mjs';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: { batch: { type: 'string', default: '16' }, runs: { type: 'string', default: '5' } },
});
const batch = Number(values.batch);
const runs = Number(values.runs);

tf.env().set('IS_TEST', true); // no banner
await useBackend('webgpu');
const { backends } = await describeBackends();
const { adapter } = backends.find(({ name }) => name === 'webgpu');
const rows = [];
for (const [size, channels, outputs] of shapes) {
  const x = tf.randomUniform([batch, size, size, channels], -1, 1);
  const filter = tf.randomUniform([3, 3, channels, outputs], -1, 1);
  const dy = tf.randomUniform([batch, size, size, outputs], -1, 1);
  const flops = 2 * batch * size * size * 9 * channels * outputs;
  const what = `conv ${size}×${size} ${channels}→${outputs}`;
  const filterAttrs = { ...attrs, filterShape: filter.shape };
  rows.push({
    what: `${what}, filter gradient`,
    ...(await compare(flops, 'Conv2DBackpropFilter', { x, dy }, filterAttrs)),
  });
  const inputAttrs = { ...attrs, inputShape: x.shape };
  rows.push({
    what: `${what}, input gradient`,
    ...(await compare(flops, 'Conv2DBackpropInput', { dy, filter }, inputAttrs)),
  });
  console.table(rows.slice(-2));
  tf.dispose([x, filter, dy]);
}
console.table(rows);
keep('webgpu', { adapter, batch, rows });
tf.backend().device.destroy(); // or the process would wait for it

/** Times ours and theirs in turns, each read back within its time, after one call each that does not count. */
async function compare(flops, name, inputs, kernelAttrs) {
  const taken = { ours: [], stock: [], f16: [] };
  const results = {};
  for (let i = -1; i < runs; i++) {
    for (const [who, off] of [
      ['ours', []],
      ['stock', 'all'],
      ['f16', []],
    ]) {
      await registerWebgpuKernels({ off });
      tf.env().set('BCL_WEBGPU_F16', who === 'f16');
      const start = performance.now();
      const y = tf.engine().runKernel(name, inputs, kernelAttrs);
      results[who] = await y.data();
      if (i >= 0) taken[who].push(performance.now() - start);
      y.dispose();
    }
  }
  const [ours, stock] = [summary(taken.ours), summary(taken.stock)];
  const ratio = summary(taken.stock.map((ms, i) => ms / taken.ours[i]));
  const f16 = summary(taken.ours.map((ms, i) => ms / taken.f16[i]));
  return {
    ms: round(ours.median),
    spreadMs: round(ours.spread),
    gflops: round(flops / ours.median / 1e6, 3),
    stockMs: round(stock.median),
    stockSpreadMs: round(stock.spread),
    timesFaster: round(ratio.median),
    timesFasterSpread: round(ratio.spread),
    f16TimesFaster: round(f16.median, 3),
    f16Spread: round(f16.spread, 3),
    largestDifference: largest(results.ours.map((value, i) => value - results.stock[i])),
    f16LargestDifference: largest(results.f16.map((value, i) => value - results.ours[i])),
    largestValue: largest(results.stock),
  };
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
