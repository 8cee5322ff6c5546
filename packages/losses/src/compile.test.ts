import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { classBalanced } from './classBalanced.js';
import { focal } from './focal.js';
import { klDivergence } from './klDivergence.js';
import type { Loss } from './Loss.js';
import { labelSmoothing } from './labelSmoothing.js';
import { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

const xs = () =>
  tf.tensor2d([
    [1, 0],
    [0, 1],
    [1, 1],
    [-1, 1],
  ]);
const ys = () =>
  tf.tensor2d([
    [1, 0, 0],
    [0, 0.5, 0.5],
    [0.25, 0.75, 0],
    [0, 0, 1],
  ]);

function model(): Sequential {
  const kernelInitializer = initializers.glorotUniform({ seed: 3 });
  return sequential({ layers: [layers.dense({ units: 3, inputShape: [2], kernelInitializer })] });
}

const softmaxLosses: [string, Loss][] = [
  ['klDivergence', klDivergence],
  ['softmaxCrossEntropy', softmaxCrossEntropy],
];
const others: [string, Loss][] = [
  ['sigmoidCrossEntropy', sigmoidCrossEntropy],
  ['focal({ gamma })', focal({ gamma: 1 })],
  ['labelSmoothing(loss)', labelSmoothing(softmaxCrossEntropy, 0.1)],
  ['classBalanced(loss)', classBalanced(sigmoidCrossEntropy, [0.5, 1, 1.5])],
];

describe.each([...softmaxLosses, ...others])('model.compile({ loss: %s })', (_, loss) => {
  test('reports the loss of the logits', async () => {
    const net = model();
    net.compile({ optimizer: 'sgd', loss });
    const reported = net.evaluate(xs(), ys()) as tf.Scalar;
    await expect(reported).toBeAllClose(loss(ys(), net.predict(xs()) as tf.Tensor));
  });

  test('learns', async () => {
    const net = model();
    net.compile({ optimizer: tf.train.sgd(1), loss, metrics: ['accuracy'] });
    const { history } = await net.fit(xs(), ys(), { batchSize: 4, epochs: 60, verbose: 0 });
    const curve = history.loss as number[];
    expect(curve.at(-1)).toBeLessThan(0.9 * (curve[0] as number));
  });
});

describe.each(softmaxLosses)('model.compile({ loss: %s })', (_, loss) => {
  test('takes one step of gradient descent along the gradient', async () => {
    const net = model();
    net.compile({ optimizer: tf.train.sgd(0.5), loss });
    const [kernel] = net.getWeights() as [tf.Tensor2D];
    const given = tf.tensor2d(await kernel.data(), [2, 3]);
    // d/dW of the mean over rows is Xᵀ (softmax(X W) − T) / B.
    const off = tf.sub(tf.softmax(tf.matMul(xs(), given)), ys());
    const step = tf.mul(tf.matMul(xs(), off, true), 0.5 / 4);
    await net.fit(xs(), ys(), { batchSize: 4, epochs: 1, verbose: 0 });
    await expect(net.getWeights()[0] as tf.Tensor).toBeAllClose(tf.sub(given, step));
  });

  test('weighs rows by class where it is given rows', async () => {
    const net = model();
    net.compile({
      optimizer: tf.train.sgd(0.5),
      loss: (t, y) => loss(t, y, { reduction: 'none' }),
    });
    const labels = tf.tensor2d([
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const given = tf.tensor2d(await (net.getWeights()[0] as tf.Tensor).data(), [2, 3]);
    // Xᵀ W (softmax(X W) − T) / B, W the weight of each row's class.
    const off = tf.sub(tf.softmax(tf.matMul(xs(), given)), labels);
    const weighted = tf.mul(off, tf.tensor2d([[1], [4], [4], [0]]));
    const step = tf.mul(tf.matMul(xs(), weighted, true), 0.5 / 4);
    const classWeight = { 0: 1, 1: 4, 2: 0 };
    await net.fit(xs(), labels, { batchSize: 4, epochs: 1, verbose: 0, classWeight });
    await expect(net.getWeights()[0] as tf.Tensor).toBeAllClose(tf.sub(given, step));
  });
});
