// A model of somebody else's, written with TensorFlow.js's layers alone, as its user trains it: before, on the backends that
// TensorFlow.js has without an install script, and after two more lines.
//
//     node bench/own.mjs [--batch 32] [--runs 5]
import { parseArgs } from 'node:util';
// The two lines: this import, and `await useBackend('wasm')` below.
import { useBackend } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '32' },
    runs: { type: 'string', default: '5' },
  },
});
const batch = Number(values.batch);
const runs = Number(values.runs);

/** Separable, strided and dilated convolutions with batch normalisation, and dense layers. */
function model(dilationRate) {
  const net = sequential();
  net.add(layers.conv2d({ inputShape: [32, 32, 3], filters: 32, kernelSize: 3, padding: 'same' }));
  net.add(layers.batchNormalization());
  net.add(layers.reLU());
  for (const [filters, strides] of [
    [64, 2],
    [128, 2],
  ]) {
    net.add(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides }));
    net.add(layers.batchNormalization());
    net.add(layers.conv2d({ filters, kernelSize: 1, activation: 'relu' }));
  }
  net.add(
    layers.conv2d({
      filters: 128,
      kernelSize: 3,
      padding: 'same',
      dilationRate,
      activation: 'relu',
    }),
  );
  net.add(layers.maxPooling2d({ poolSize: 2 }));
  net.add(layers.flatten());
  net.add(layers.dense({ units: 128, activation: 'relu' }));
  net.add(layers.dense({ units: 10, activation: 'softmax' }));
  net.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return net;
}

/** Milliseconds of a training step on the current backend, or why there is none. */
async function step(dilationRate, count) {
  const net = model(dilationRate);
  const x = tf.randomUniform([batch, 32, 32, 3]);
  const y = tf.oneHot(
    new Int32Array(batch).map((_, i) => i % 10),
    10,
  );
  const taken = [];
  try {
    for (let i = -1; i < count; i++) {
      const start = performance.now();
      await net.trainOnBatch(x, y);
      if (i >= 0) taken.push(performance.now() - start);
    }
    const { median, spread } = summary(taken);
    return { ms: round(median), spread: round(spread) };
  } catch (error) {
    return { refused: error.message.split(/[.\n]/)[0] };
  } finally {
    tf.dispose([x, y]);
    net.dispose();
  }
}

const rows = [];
for (const dilationRate of [1, 2]) {
  await tf.setBackend('cpu');
  rows.push({ dilationRate, with: 'cpu', ...(await step(dilationRate, 1)) });
}
await tf.setBackend('wasm');
for (const dilationRate of [1, 2]) {
  rows.push({ dilationRate, with: 'wasm', ...(await step(dilationRate, runs)) });
}
await useBackend('wasm');
for (const dilationRate of [1, 2]) {
  rows.push({ dilationRate, with: 'wasm and @bcl/backends', ...(await step(dilationRate, runs)) });
}
await useBackend('wasm', { wasmKernelsOff: 'all' });
rows.push({ dilationRate: 1, with: 'the same, kernels off', ...(await step(1, runs)) });
console.table(rows);
keep('own', { batch, runs, rows });
