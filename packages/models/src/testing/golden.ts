import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { BatchNorm } from '../layers/batchNorm.js';
import { fromTorchLayout } from '../weights/torchLayout.js';
import { torchWeights } from '../weights/torchWeights.js';
import { GoldenRule } from './goldenRule.js';

/** Taken out of `Math`, which jest's sandbox makes slow to reach. */
const { abs } = Math;

/** A network's reference numbers, as far as our suites read them. */
export interface GoldenNetwork {
  salt: string;
  classes: number;
  /** Reach of a kernel's numbers, and of the one called `head`. */
  gain: number;
  head: string;
  headGain: number;
  bnEpsilon: number;
  inputShape: number[];
  parameterCount: number;
  checksum: Sums;
  inputChecksum: Sums & { first3: number[] };
  tensors: [name: string, shape: number[]][];
  eval: {
    logits: number[][];
    taps: { module: string; shape: number[]; mean: number; norm: number; first3: number[] }[];
  };
  /** Absent where the reference was run in evaluation alone. */
  train?: {
    inputName: string;
    inputShape: number[];
    targets: number[][];
    logits: number[][];
    loss: number;
    gradientNorm: number;
    gradients: { name: string; norm: number; first5: number[] }[];
    runningStatistics: {
      name: string;
      mean?: number[];
      var?: number[];
      meanFirst5?: number[];
      varFirst5?: number[];
    }[];
    /** Shares of the first branch of each shake-shake block, on the way forward and back. */
    shake?: Record<string, { alpha: number[]; beta: number[] }>;
  };
}

export interface Sums {
  sum: number;
  sumAbs: number;
}

/** A file of reference numbers, from the folder in `BCL_GOLDEN` or else from the fixtures. */
export function goldenFile<T>(name: string): T {
  return JSON.parse(readFileSync(goldenPath(name), 'utf8')) as T;
}

/** Where a golden file lies. */
export function goldenPath(name: string): string {
  const folder = process.env.BCL_GOLDEN || join(__dirname, '..', 'fixtures');
  const file = join(folder, name);
  if (!existsSync(file)) throw new Error(`goldenFile: no ${name} in ${folder}; check BCL_GOLDEN`);
  return file;
}

/** Fills a network by the rule, and gives the sums over all the numbers put in. */
export function fillByRule(model: LayersModel, golden: GoldenNetwork): Sums {
  const rule = new GoldenRule(golden.salt);
  const all: Sums = { sum: 0, sumAbs: 0 };
  const weights = torchWeights(model);
  for (const [name, shape] of golden.tensors) {
    if (name.endsWith('.num_batches_tracked')) continue;
    const ours = weights.get(name);
    if (!ours) throw new Error(`fillByRule: ${model.name} has no weight for ${name}`);
    const gain = name === golden.head ? golden.headGain : golden.gain;
    const values = rule.weight(name, shape, gain);
    const { sum, sumAbs } = sumsOf(values);
    all.sum += sum;
    all.sumAbs += sumAbs;
    tf.tidy(() => {
      ours.weight.write(fromTorchLayout(tf.tensor(values, shape)));
    });
  }
  return all;
}

/** The variable that holds what PyTorch calls `name`. */
export function goldenVariable(model: LayersModel, name: string): tf.Variable {
  const found = torchWeights(model).get(name);
  if (!found) throw new Error(`goldenVariable: ${model.name} has no weight for ${name}`);
  return found.weight.read() as tf.Variable;
}

/**
 * Outputs of some layers for one batch, in evaluation. What PyTorch calls a normalisation stops before the ReLU that ours has in the
 * same layer: `beforeRelu` looks there.
 */
export function tapLayers(
  model: LayersModel,
  taps: { layer: string; beforeRelu: boolean }[],
  x: tf.Tensor,
): tf.Tensor[] {
  const outputs = taps.map(({ layer: name, beforeRelu }) => {
    const layer = model.getLayer(name);
    if (!beforeRelu) return layer.output as SymbolicTensor;
    const { epsilon } = layer as BatchNorm;
    const linear = new BatchNorm({ epsilon });
    const output = linear.apply(layer.input as SymbolicTensor) as SymbolicTensor;
    linear.setWeights(layer.getWeights());
    return output;
  });
  const results = modelOf({ inputs: model.inputs, outputs }).apply(x);
  return (Array.isArray(results) ? results : [results]) as tf.Tensor[];
}

/** Shape of one example in our layout: `[H, W, C]` for images, `[T]` for sounds of one channel. */
export function exampleShape([, channels = 1, ...spatial]: number[]): number[] {
  const sound = channels === 1 && (spatial.length === 1 || spatial[0] === 1);
  return sound ? spatial.slice(-1) : [...spatial, channels];
}

/** An input in our layout, `[N, H, W, C]` or `[N, T]`. */
export function goldenInput(values: Float32Array, shape: number[]): tf.Tensor {
  return tf.tidy(() => {
    const last = channelsLast(tf.tensor(values, shape));
    return tf.reshape(last, [shape[0] as number, ...exampleShape(shape)]);
  });
}

/** `[N, C, …]` to `[N, …, C]`. */
function channelsLast(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [0, ...axes.slice(2), 1]);
}

/** `[N, …, C]` to `[N, C, …]`. */
export function channelsFirst(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [0, x.rank - 1, ...axes.slice(1, -1)]);
}

/** Numbers in all the weights that training moves. */
export function parameterCount(model: LayersModel): number {
  const sizes = model.trainableWeights.map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function sumsOf(values: ArrayLike<number>): Sums {
  let sum = 0;
  let sumAbs = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i] as number;
    sumAbs += abs(values[i] as number);
  }
  return { sum, sumAbs };
}

/** L2 norm. */
export function normOf(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] as number) ** 2;
  return Math.sqrt(squares);
}

/** Largest difference relative to max(1, |expected|), the measure that the bounds are given in. */
export function offBy(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const off = expected.map(
    (e, i) => Math.abs((actual[i] as number) - e) / Math.max(1, Math.abs(e)),
  );
  return Math.max(...off);
}
