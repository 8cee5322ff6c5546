// Grouped 3×3 convolutions on wasm, forward and both gradients, three ways: a convolution for each slice of the channels; as many
// groups as fill 32 channels in one, its kernel zero where groups do not meet, which is what other backends do; and the kernels
// BclGroupedConv2D. GFLOP/s of the products that groups need, by the direct formula; one thread, processor time.
//
//     node bench/grouped.mjs [--runs 7]
import { parseArgs } from 'node:util';
import { useBackend } from '@bcl/backends';
import { Conv2D } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary } from './measure.mjs';

/** [batch, size, groups, channels of a group]: of ResNeXt-101 64×4d, ResNeXt-29 8×16d and 16×64d, and Shake-Shake 29 2×4×64d. */
const shapes = [
  [4, 56, 64, 4],
  [4, 28, 64, 8],
  [4, 14, 64, 16],
  [4, 7, 64, 32],
  [8, 32, 8, 16],
  [4, 32, 16, 64],
  [4, 16, 4, 128],
];
const names = ['', 'BackpropInput', 'BackpropFilter'].map((end) => `BclGroupedConv2D${end}`);

const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' } } });
const runs = Number(values.runs);
await useBackend('wasm');

const rows = shapes.map(([batch, size, groups, channels]) => {
  const all = groups * channels;
  const x = tf.variable(tf.randomUniform([batch, size, size, all], -1, 1));
  const layer = new Conv2D({ filters: all, kernelSize: 3, padding: 1, groups });
  tf.dispose(layer.apply(x));
  const kernel = layer.kernel.read();
  const gflop = (3 * 2 * batch * size * size * 9 * channels * all) / 1e9;
  const gradients = (convolve) => () => tf.variableGrads(() => tf.sum(convolve()), [x, kernel]);
  const byLayer = gradients(() => layer.apply(x));
  const row = {
    what: `${size}×${size}, ${groups} groups of ${channels}`,
    slices: speed(
      gradients(() => bySlices(x, kernel, groups)),
      gflop,
    ),
    merged: withoutKernels(() => speed(byLayer, gflop)),
    kernels: speed(byLayer, gflop),
  };
  tf.dispose([x, kernel]);
  return row;
});
console.table(rows);
keep('grouped', { runs, rows });

/** Median GFLOP/s. */
function speed(run, gflop) {
  const taken = [];
  for (let i = -1; i < runs; i++) {
    const before = process.cpuUsage();
    tf.tidy(() => void run());
    const { user, system } = process.cpuUsage(before);
    if (i >= 0) taken.push((user + system) / 1e6);
  }
  return round(gflop / summary(taken).median);
}

function bySlices(x, kernel, groups) {
  const kernels = tf.split(kernel, groups, 3);
  const parts = tf.split(x, groups, 3).map((part, i) => tf.conv2d(part, kernels[i], 1, 'same'));
  return tf.concat(parts, 3);
}

function withoutKernels(run) {
  const configs = names.map((name) => tf.getKernel(name, 'wasm'));
  for (const name of names) tf.unregisterKernel(name, 'wasm');
  try {
    return run();
  } finally {
    for (const config of configs) tf.registerKernel(config);
  }
}
