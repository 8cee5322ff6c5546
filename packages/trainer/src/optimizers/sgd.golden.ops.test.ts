import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers gradients
import { sgd } from './sgd.js';

// A GPU in software compiles its shaders slowly.
jest.setTimeout(60_000);

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
  settings: { lr: number[]; momentum: number; nesterov: boolean; weightDecay: number };
  steps: { loss: number; params: number[][] }[];
};

const folder = process.env.BCL_GOLDEN ?? join(__dirname, '..', 'fixtures');
const golden = JSON.parse(readFileSync(join(folder, 'optimizers.json'), 'utf8')) as {
  problems: Record<string, Problem>;
  cases: Case[];
};
const cases = golden.cases.filter(({ optimizer }) => optimizer === 'sgd');

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

describe('sgd, golden', () => {
  test('finds cases to check', () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)('walks the path of PyTorch: $id', async ({ problem: name, settings, steps }) => {
    const problem = golden.problems[name] as Problem;
    const variables = Object.fromEntries(
      problem.tensors.map(({ name, shape, start }) => [name, tf.variable(tf.tensor(start, shape))]),
    );
    const list = Object.values(variables);
    const { lr, ...options } = settings;
    const optimizer = sgd({ ...options, learningRate: 1 });
    for (const [k, expected] of steps.entries()) {
      const { value, grads } = tf.variableGrads(() => lossOf(problem, list), list);
      await expect(value).toBeAllClose([expected.loss], { rtol: 1e-4, atol: 1e-4 });
      const named = Object.entries(variables).map(([key, v]) => [key, grads[v.name] as tf.Tensor]);
      optimizer.step(variables, Object.fromEntries(named), lr[k] as number);
      for (const [i, variable] of list.entries()) {
        await expect(variable).toBeAllClose(expected.params[i] as number[], {
          rtol: 1e-4,
          atol: 1e-4,
        });
      }
    }
    optimizer.dispose();
    tf.dispose(list);
  });
});
