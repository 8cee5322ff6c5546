import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers gradients
import { optimizerFromConfig } from './optimizerFromConfig.js';

// A GPU in software compiles its shaders slowly.
jest.setTimeout(120_000);

type Problem = {
  kind: 'quadratic' | 'logistic';
  A: number[][];
  c: number[];
  X: number[][];
  T: number[][];
  tensors: { name: string; shape: number[]; start: number[] }[];
};
type Case = {
  id: string;
  optimizer: string;
  problem: string;
  settings: { lr: number[] };
  steps: { loss: number; params: number[][]; lambda?: number; gamma?: number | null }[];
  switchStep?: number | null;
  sgdRate?: number | null;
};

const folder = process.env.BCL_GOLDEN ?? join(__dirname, '..', 'fixtures');
const golden = JSON.parse(readFileSync(join(folder, 'optimizers.json'), 'utf8')) as {
  problems: Record<string, Problem>;
  cases: Case[];
};

/** The loss of a golden problem, written with plain ops. */
function lossOf(problem: Problem, w: tf.Variable[]): tf.Scalar {
  if (problem.kind === 'quadratic') {
    const off = tf.sub(tf.concat(w), problem.c);
    const product = tf.matMul(tf.tensor2d(problem.A), tf.reshape(off, [-1, 1]));
    return tf.mul(0.5, tf.sum(tf.mul(off, tf.squeeze(product))));
  }
  const [weights, bias] = w as [tf.Variable, tf.Variable];
  const logits = tf.add(tf.matMul(tf.tensor2d(problem.X), weights as tf.Tensor2D), bias);
  return tf.neg(
    tf.mean(tf.sum(tf.mul(problem.T, tf.sub(logits, tf.logSumExp(logits, -1, true))), -1)),
  );
}

test.each(['sgd', 'adam', 'swats'])('golden cases of %s are there', (name) => {
  expect(golden.cases.some(({ optimizer }) => optimizer === name)).toBe(true);
});

test.each(golden.cases)('the path of the reference: $id', async (each) => {
  const { optimizer: name, problem: problemName, settings, steps, switchStep = null } = each;
  const problem = golden.problems[problemName] as Problem;
  const variables = Object.fromEntries(
    problem.tensors.map(({ name, shape, start }) => [name, tf.variable(tf.tensor(start, shape))]),
  );
  const list = Object.values(variables);
  const { lr, ...options } = settings;
  const optimizer = optimizerFromConfig({ name, ...options, learningRate: 1 });
  let switched: { step: number; rate: number } | null = null;
  for (const [k, expected] of steps.entries()) {
    const { value, grads } = tf.variableGrads(() => lossOf(problem, list), list);
    await expect(value).toBeAllClose([expected.loss], { rtol: 1e-4, atol: 1e-4 });
    const named = Object.entries(variables).map(([key, v]) => [key, grads[v.name] as tf.Tensor]);
    optimizer.step(variables, Object.fromEntries(named), lr[k] as number);
    const change = await optimizer.settle?.();
    if (change) switched = { step: k + 1, rate: change.learningRate };
    for (const [i, variable] of list.entries()) {
      await expect(variable).toBeAllClose(expected.params[i] as number[], {
        rtol: 1e-4,
        atol: 1e-4,
      });
    }
    if (expected.lambda === undefined) continue;
    const tolerance = 1e-4 * Math.max(Math.abs(expected.gamma ?? expected.lambda), 1e-3);
    const { lambda } = optimizer.state().numbers;
    expect(Math.abs((lambda as number) - expected.lambda)).toBeLessThanOrEqual(tolerance);
  }
  expect(switched?.step ?? null).toBe(switchStep);
  if (switched) expect(switched.rate).toBeCloseTo(each.sgdRate as number, 4);
  optimizer.dispose();
  tf.dispose(list);
});
