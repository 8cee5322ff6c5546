// Both gradients of each convolution of the ConvNet on the webgpu backend: milliseconds and GFLOP/s of our tiled products, beside the
// kernels that TensorFlow.js ships, and ours with operands stored in 16 bits or shared in subgroups, in turns within one run. Without a GPU
// name a software one (CONTRIBUTING.md): the ratio is then that of a CPU that plays GPU.
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
const ways = [
  { way: 'ours' },
  { way: 'stock', off: 'all' },
  { way: 'f16', flag: 'BCL_WEBGPU_F16' },
  { way: 'subgroups', flag: 'BCL_WEBGPU_SUBGROUPS' },
].filter(works);
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
  show(rows.slice(-2));
  tf.dispose([x, filter, dy]);
}
show(rows);
keep('webgpu', { adapter, batch, rows });
tf.backend().device.destroy(); // or the process would wait for it

/** Whether the device can; says so where it cannot. */
function works({ flag }) {
  if (!flag) return true;
  try {
    tf.env().set(flag, true);
    tf.env().set(flag, false);
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

function show(rows) {
  console.table(
    rows.map(({ variants, ...row }) => ({
      ...row,
      ...Object.fromEntries(
        Object.entries(variants).map(([way, { times, spread }]) => [way, `${times} ± ${spread}`]),
      ),
    })),
  );
}

/** Times all ways in turns, each read back within its time, after one call each that does not count. */
async function compare(flops, name, inputs, kernelAttrs) {
  const taken = Object.fromEntries(ways.map(({ way }) => [way, []]));
  const results = {};
  for (let i = -1; i < runs; i++) {
    for (const { way, off = [], flag } of ways) {
      await registerWebgpuKernels({ off });
      if (flag) tf.env().set(flag, true);
      const start = performance.now();
      const y = tf.engine().runKernel(name, inputs, kernelAttrs);
      results[way] = await y.data();
      if (i >= 0) taken[way].push(performance.now() - start);
      y.dispose();
      if (flag) tf.env().set(flag, false);
    }
  }
  const [ours, stock] = [summary(taken.ours), summary(taken.stock)];
  // How many times as fast as another way one is, turn by turn, and how far off its results are.
  const beside = (way, other) => {
    const { median, spread } = summary(taken[other].map((ms, i) => ms / taken[way][i]));
    const off = largest(results[way].map((value, i) => value - results[other][i]));
    return { times: round(median, 3), spread: round(spread, 3), off };
  };
  const { times, spread, off } = beside('ours', 'stock');
  const variants = ways.filter(({ flag }) => flag).map(({ way }) => [way, beside(way, 'ours')]);
  return {
    ms: round(ours.median),
    spreadMs: round(ours.spread),
    gflops: round(flops / ours.median / 1e6, 3),
    stockMs: round(stock.median),
    stockSpreadMs: round(stock.spread),
    timesFaster: times,
    timesFasterSpread: spread,
    largestDifference: off,
    largestValue: largest(results.stock),
    variants: Object.fromEntries(variants),
  };
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
