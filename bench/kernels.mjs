// Each convolution of the ConvNet, forward and both gradients, and its dense layers: milliseconds and GFLOP/s of our kernels on
// one thread, beside the kernels that TensorFlow.js ships. GFLOP/s count the products of the direct formula, which Winograd's
// way needs a quarter of.
//
//     node bench/kernels.mjs [--batch 64] [--runs 9]
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-wasm';
import { registerWasmKernels } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { attrs, shapes } from './convolutions.mjs';
import { keep, round, summary, times } from './measure.mjs';

const { values } = parseArgs({
  options: { batch: { type: 'string', default: '64' }, runs: { type: 'string', default: '9' } },
});
const batch = Number(values.batch);
const runs = Number(values.runs);

await tf.setBackend('wasm');
const before = { conv: shapes.map(convolutions), dense: dense() };
const { build } = await registerWasmKernels();
const after = { conv: shapes.map(convolutions), dense: dense() };

const rows = [...before.conv.flat(), ...before.dense].map((stock, i) => ({
  ...stock,
  ...[...after.conv.flat(), ...after.dense][i],
  stockMs: stock.ms,
  timesFaster:
    stock.ms === null ? null : round(stock.ms / [...after.conv.flat(), ...after.dense][i].ms),
}));
console.table(rows);
keep('kernels', { build, batch, rows });

function convolutions([size, channels, outputs]) {
  const x = tf.randomUniform([batch, size, size, channels], -1, 1);
  const filter = tf.randomUniform([3, 3, channels, outputs], -1, 1);
  const dy = tf.randomUniform([batch, size, size, outputs], -1, 1);
  const flops = 2 * batch * size * size * 9 * channels * outputs;
  const what = `${size}×${size} ${channels}→${outputs}`;
  const result = [
    measure(`conv ${what}`, flops, 'Conv2D', { x, filter }, attrs),
    measure(
      `  input gradient`,
      flops,
      'Conv2DBackpropInput',
      { dy, filter },
      { ...attrs, inputShape: x.shape },
    ),
    measure(
      `  filter gradient`,
      flops,
      'Conv2DBackpropFilter',
      { x, dy },
      { ...attrs, filterShape: filter.shape },
    ),
  ];
  tf.dispose([x, filter, dy]);
  return result;
}

function dense() {
  const x = tf.randomUniform([1, batch, 4096], -1, 1);
  const w = tf.randomUniform([1, 4096, 1024], -1, 1);
  const dy = tf.randomUniform([1, batch, 1024], -1, 1);
  const flops = 2 * batch * 4096 * 1024;
  const product = (what, a, b, transposeA, transposeB) =>
    measure(what, flops, 'BatchMatMul', { a, b }, { transposeA, transposeB });
  const result = [
    product('dense 4096→1024', x, w, false, false),
    product('  input gradient', dy, w, false, true),
    product('  weight gradient', x, dy, true, false),
  ];
  tf.dispose([x, w, dy]);
  return result;
}

function measure(what, flops, name, inputs, kernelAttrs) {
  if (!tf.getKernel(name, 'wasm')) return { what, ms: null, gflops: null };
  const taken = times(runs, () => tf.dispose(tf.engine().runKernel(name, inputs, kernelAttrs)));
  const { median, spread } = summary(taken);
  return { what, ms: round(median), spreadMs: round(spread), gflops: round(flops / median / 1e6) };
}
