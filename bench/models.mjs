// Each network: how long building it takes and how much memory, examples a second in evaluation and in training, and the speed of a
// training step beside that of its own convolutions: the very calls that the step makes, timed by themselves in the same process.
// GFLOP/s count two for each product of a convolution or dense layer, by the direct formula. On wasm everything runs on one thread, and times are those of the processor, which other programs on
// the machine do not stretch as they do the clock's.
//
//     node bench/models.mjs [--only convnet,resnet18] [--runs 5]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { useBackend } from '@bcl/backends';
import { createModel, summarize } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary } from './measure.mjs';

/** What is built, and with how many examples it is measured. */
const networks = {
  convnet: [{ model: 'convnet' }, 64],
  'resnet18 224×224': [{ model: 'resnet18', classes: 1000 }, 4],
  'resnet18 CIFAR stem': [{ model: 'resnet18', stem: 'cifar' }, 32],
  resnet29: [{ model: 'resnet29' }, 16],
  resnet32: [{ model: 'resnet32' }, 64],
  'resnext29 8×64d': [{ model: 'resnext29' }, 4],
  'resnext29 16×64d': [{ model: 'resnext29', cardinality: 16 }, 2],
  'resnext101 64×4d 224×224': [{ model: 'resnext101', classes: 1000 }, 1],
  'densenetBC 40 k12': [{ model: 'densenetBC', depth: 40 }, 32],
  'densenetBC 100 k12': [{ model: 'densenetBC' }, 16],
  'densenetBC 190 k40': [{ model: 'densenetBC', depth: 190, growth: 40 }, 1],
  'shakeShake 26 2×32d': [{ model: 'shakeShake' }, 32],
  'shakeShake 26 2×64d': [{ model: 'shakeShake', width: 64 }, 16],
  'shakeShake 26 2×96d': [{ model: 'shakeShake', width: 96 }, 8],
  'shakeShake29 2×4×64d': [{ model: 'shakeShake29', classes: 100 }, 2],
  'shakeShakeShort 8': [{ model: 'shakeShakeShort' }, 64],
  envnet: [{ model: 'envnet', classes: 50 }, 8],
  envnetV2: [{ model: 'envnetV2', classes: 50 }, 4],
  m3: [{ model: 'm3' }, 16],
  m5: [{ model: 'm5' }, 16],
  m11: [{ model: 'm11' }, 16],
  m18: [{ model: 'm18' }, 16],
  m34Res: [{ model: 'm34Res' }, 16],
};

/** Bytes of weights of which the growth of a process is told: what it grows by anyhow is little beside them. */
const ENOUGH = 128 * 2 ** 20;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
    child: { type: 'string' },
  },
});
const runs = Number(values.runs);

if (values.child) console.log(JSON.stringify(await measure(...networks[values.child])));
else compare();

/** Each network in a process of its own. */
function compare() {
  const chosen = values.only?.split(',');
  const names = Object.keys(networks).filter(
    (name) => !chosen || chosen.some((start) => name.startsWith(start)),
  );
  const rows = names.map((name) => {
    const args = [fileURLToPath(import.meta.url), '--child', name, '--runs', values.runs];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const row = { network: name, ...JSON.parse(output.trim().split('\n').at(-1)) };
    const { kernels, ...shown } = row;
    console.table([shown]);
    console.log(kernels.map(({ kernel, share }) => `${kernel} ${share}`).join(', '));
    return row;
  });
  keep('models', { runs, rows });
}

async function measure({ model: name, classes = 10, ...options }, batch) {
  await useBackend('wasm');
  const built = building(() => createModel(name, { classes, ...options, seed: 1 }));
  const { model } = built;
  const { parameters, multiplyAdds, statistics } = summarize(model);
  const x = tf.randomUniform([batch, ...model.inputs[0].shape.slice(1)], -1, 1);
  const y = tf.oneHot(tf.cast(tf.linspace(0, classes - 1, batch), 'int32'), classes);
  const weights = model.trainableWeights.map((weight) => weight.read());
  const evaluate = () => tf.tidy(() => void model.predict(x, { batchSize: batch }));
  const train = () => tf.tidy(() => void tf.variableGrads(() => loss(model, x, y), weights));

  const calls = recordCalls(train);
  // By turns, so that all see the same machine.
  const taken = { evaluation: [], training: [], convolutions: [] };
  for (let run = -1; run < runs; run++) {
    const each = [cpuTime(evaluate), cpuTime(train), convolutionTime(calls)];
    if (run < 0) continue;
    for (const [i, list] of Object.values(taken).entries()) list.push(each[i]);
  }
  const kernels = kernelShares(train);
  const convolutionGflop = gflopOf(calls);
  const forward = gflopOf(calls.filter(({ kernel }) => !kernel.includes('Backprop')));
  // Dense layers have as many products in each of three passes; the first convolution has no gradient for its input.
  const gflop = convolutionGflop + 3 * ((2 * batch * multiplyAdds) / 1e9 - forward);
  const shares = taken.training.map(
    (ms, i) => gflop / ms / (convolutionGflop / taken.convolutions[i]),
  );
  const rate = (ms) => {
    const perSecond = (batch * 1000) / summary(ms).median;
    return round(perSecond, perSecond < 10 ? 2 : 1);
  };
  return {
    batch,
    buildMs: round(built.ms, 0),
    memoryTimesParameters: round(built.bytes / (4 * (parameters + statistics)), 2),
    parameters,
    multiplyAdds,
    evaluatedPerSecond: rate(taken.evaluation),
    trainedPerSecond: rate(taken.training),
    trainedSpread: round(summary(taken.training.map((ms) => (batch * 1000) / ms)).spread, 2),
    gflops: round((1e3 * gflop) / summary(taken.training).median),
    convolutionGflops: round((1e3 * convolutionGflop) / summary(taken.convolutions).median),
    share: round(summary(shares).median, 2),
    shareSpread: round(summary(shares).spread, 3),
    kernels,
  };
}

/**
 * Processor time that building takes, and memory: what the process's most is above what it had, for as many copies as make it worth
 * measuring, each kept until the last is built.
 */
function building(build) {
  const before = process.memoryUsage.rss();
  let model;
  const ms = cpuTime(() => {
    model = build();
  });
  const { parameters, statistics } = summarize(model);
  const copies = Math.ceil(ENOUGH / (4 * (parameters + statistics)));
  const others = Array.from({ length: copies - 1 }, build);
  const bytes = (process.resourceUsage().maxRSS * 1024 - before) / copies;
  for (const other of others) other.dispose();
  return { model, ms, bytes };
}

function loss(model, x, y) {
  const logits = model.apply(x, { training: true });
  return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
}

/** Milliseconds of the processor that a call takes. */
function cpuTime(call) {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The convolutions that a step makes, each kind of call once with how often it comes. */
function recordCalls(step) {
  const found = new Map();
  const restore = wrapKernels((config, call) => {
    const result = config.kernelFunc(call);
    const kind = /^(BclGrouped)?Conv2D(Backprop(Input|Filter))?$/.exec(config.kernelName);
    if (!kind) return result;
    const inputs = Object.entries(call.inputs).filter(([, input]) => input);
    const shapes = inputs.map(([key, { shape }]) => [key, shape]);
    const key = JSON.stringify([config.kernelName, shapes, call.attrs]);
    const { x, dy, filter } = call.inputs;
    const [, down, across] = (dy ?? result).shape;
    const filterShape = filter?.shape ?? call.attrs.filterShape;
    const flops = 2 * (x ?? dy).shape[0] * down * across * tf.util.sizeFromShape(filterShape);
    const known = found.get(key) ?? {
      kernel: config.kernelName,
      shapes,
      attrs: call.attrs,
      count: 0,
      flops: 0,
    };
    known.count++;
    known.flops += flops;
    found.set(key, known);
    return result;
  });
  step();
  restore();
  return [...found.values()];
}

function gflopOf(calls) {
  return calls.reduce((sum, call) => sum + call.flops, 0) / 1e9;
}

/** Milliseconds of the processor that all the convolutions of a step take, each kind timed once. */
function convolutionTime(calls) {
  let total = 0;
  for (const { kernel, shapes, attrs, count } of calls) {
    const inputs = Object.fromEntries(
      shapes.map(([key, shape]) => [key, tf.randomUniform(shape, -1, 1)]),
    );
    const once = () => tf.dispose(tf.engine().runKernel(kernel, inputs, attrs));
    once();
    total += cpuTime(once) * count;
    tf.dispose(inputs);
  }
  return total;
}

/** Share of each kernel in a step, calls of one by another counted once; those of a hundredth or more. */
function kernelShares(step) {
  const spent = new Map();
  let inner = 0;
  const restore = wrapKernels((config, call) => {
    const outer = inner;
    inner = 0;
    const before = process.cpuUsage();
    const result = config.kernelFunc(call);
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    spent.set(config.kernelName, (spent.get(config.kernelName) ?? 0) + took - inner);
    inner = outer + took;
    return result;
  });
  const total = cpuTime(step);
  restore();
  const rows = [...spent].map(([kernel, ms]) => ({ kernel, share: round(ms / total, 3) }));
  const rest = 1 - rows.reduce((sum, row) => sum + row.share, 0);
  rows.push({ kernel: '(outside of kernels)', share: round(rest, 3) });
  return rows.filter(({ share }) => share >= 0.01).sort((a, b) => b.share - a.share);
}

/** Has every kernel of the wasm backend run by `run`, until the function that this gives is called. */
function wrapKernels(run) {
  const configs = tf.getKernelsForBackend('wasm');
  const register = (kernelFuncOf) => {
    for (const config of configs) {
      tf.unregisterKernel(config.kernelName, 'wasm');
      tf.registerKernel({ ...config, kernelFunc: kernelFuncOf(config) });
    }
  };
  register((config) => (call) => run(config, call));
  return () => register((config) => config.kernelFunc);
}
