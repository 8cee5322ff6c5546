import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Mixer } from '../Mixer.js';
import { MixAt } from './MixAt.js';

const x = () =>
  tf.tensor2d([
    [4, 8, 0],
    [0, 4, 2],
    [1, 1, 7],
  ]);
const draw = { partner: Int32Array.of(1, 0, 0), ratio: Float32Array.of(0.75, 0.5, 0) };

describe('MixAt', () => {
  test.each(['bc', 'bc+', { zeroMean: true }] as const)(
    'mixes as a Mixer of the same method %j does, in training alone',
    async (method) => {
      const layer = new MixAt({ method });
      layer.use(draw);
      const mixed = layer.apply(x(), { training: true }) as tf.Tensor;
      await expect(mixed).toBeAllClose(new Mixer({ method }).applyImages(x(), draw));
      await expect(layer.apply(x()) as tf.Tensor).toBeAllClose(x(), { rtol: 0, atol: 0 });
    },
  );

  test('mixes three', async () => {
    const mixer = new Mixer({ method: 'bc', classes: 3, seed: 1 });
    const layer = new MixAt();
    const three = mixer.draw([0, 1, 2]);
    layer.use(three);
    await expect(layer.apply(x(), { training: true }) as tf.Tensor).toBeAllClose(
      mixer.applyImages(x(), three),
    );
  });

  test('hands its gradient through to each example and whoever mixed it in', async () => {
    const layer = new MixAt();
    layer.use(draw);
    const weights = tf.tensor2d([
      [1, 2, 3],
      [10, 20, 30],
      [100, 200, 300],
    ]);
    const gradient = tf.grad((a) =>
      tf.sum<tf.Scalar>(tf.mul(weights, layer.apply(a, { training: true }) as tf.Tensor)),
    )(x());
    // 0.75 of row 0, 0.5 of row 1 and all of row 2 come to example 0.
    await expect(gradient).toBeAllClose([105.75, 211.5, 317.25, 5.25, 10.5, 15.75, 0, 0, 0]);
  });

  test('trains weights before and behind it', async () => {
    const inputs = input({ shape: [3] });
    const before = layers.dense({ units: 2, kernelInitializer: 'ones' });
    const behind = layers.dense({ units: 1, kernelInitializer: 'ones' });
    const mixAt = new MixAt();
    const net = model({
      inputs,
      outputs: behind.apply(mixAt.apply(before.apply(inputs))) as SymbolicTensor,
    });
    mixAt.use(draw);
    const { grads } = tf.variableGrads(
      () => tf.sum<tf.Scalar>(net.apply(x(), { training: true }) as tf.Tensor),
      net.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val),
    );
    const [first] = Object.values(grads) as tf.Tensor[];
    // Shares of each example in the three mixes, times what it puts in: 2.25 x0 + 0.75 x1.
    await expect(first as tf.Tensor).toBeAllClose([9, 9, 21, 21, 1.5, 1.5]);
  });
});
