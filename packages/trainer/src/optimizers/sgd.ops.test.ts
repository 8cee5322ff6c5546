import * as tf from '@tensorflow/tfjs-core';
import { optimizerFromConfig } from './optimizerFromConfig.js';
import { sgd } from './sgd.js';

const settings = { learningRate: 0.5, momentum: 0.5, nesterov: true, weightDecay: 0.25 };

describe('sgd', () => {
  test('takes the steps worked out by hand', async () => {
    const w = tf.variable(tf.tensor1d([4, -4]));
    const optimizer = sgd(settings);
    optimizer.step({ w }, { w: tf.tensor1d([1, 1]) });
    // g = 1 + w/4 = 2, 0; v = g; w - (g + v/2)/2
    await expect(w).toBeAllClose([2.5, -4]);
    optimizer.step({ w }, { w: tf.tensor1d([1, 1]) }, 0.25);
    // g = 1.625, 0; v = 1 + 1.625, 0; w - (g + v/2)/4
    await expect(w).toBeAllClose([1.765625, -4]);
    optimizer.dispose();
    w.dispose();
  });

  test('leaves a variable without a gradient alone, its momentum too', async () => {
    const w = tf.variable(tf.tensor1d([1]));
    const other = tf.variable(tf.tensor1d([7]));
    const optimizer = sgd(settings);
    optimizer.step({ w, other }, { w: tf.tensor1d([1]) });
    await expect(other).toBeAllClose([7]);
    expect(Object.keys(optimizer.state().tensors)).toEqual(['w/velocity']);
    optimizer.dispose();
    tf.dispose([w, other]);
  });

  test('goes on from a restored state as if it had not stopped', async () => {
    const a = tf.variable(tf.tensor1d([4, -4]));
    const first = sgd(settings);
    const gradient = { w: tf.tensor1d([1, 2]) };
    first.step({ w: a }, gradient);
    const b = tf.variable(tf.clone(a));
    const second = optimizerFromConfig(first.getConfig());
    second.restore(first.state());
    first.step({ w: a }, gradient);
    second.step({ w: b }, gradient);
    await expect(b).toBeAllClose(await a.data(), { rtol: 0, atol: 0 });
    first.dispose();
    second.dispose();
    tf.dispose([a, b]);
  });

  test("walks Chainer's path: its rate stands inside of the velocity", async () => {
    const w = tf.variable(tf.tensor1d([4, -4]));
    const optimizer = sgd({ ...settings, nesterov: 'chainer' });
    optimizer.step({ w }, { w: tf.tensor1d([1, 1]) });
    // g = 1 + w/4 = 2, 0; v = -g/2 = -1, 0; w + v/4 - 3/2 g/2
    await expect(w).toBeAllClose([2.25, -4]);
    optimizer.step({ w }, { w: tf.tensor1d([1, 1]) }, 0.25);
    // g = 1.5625, 0; v = -1/2 - g/4 = -0.890625, 0; w + v/4 - 3/2 g/4
    await expect(w).toBeAllClose([2.25 - 0.890625 / 4 - (1.5 * 1.5625) / 4, -4]);
    optimizer.dispose();
    w.dispose();
  });

  test.each([true, 'chainer'] as const)(
    'goes η / (1 - μ) a step by a steady gradient in the end: nesterov %s',
    async (nesterov) => {
      const w = tf.variable(tf.scalar(0));
      const optimizer = sgd({ learningRate: 0.5, momentum: 0.5, nesterov });
      for (let k = 0; k < 30; k++) optimizer.step({ w }, { w: tf.scalar(1) });
      const [before] = await w.data();
      optimizer.step({ w }, { w: tf.scalar(1) });
      const [after] = await w.data();
      expect((before as number) - (after as number)).toBeCloseTo(1, 5);
      optimizer.dispose();
      w.dispose();
    },
  );

  test('keeps its inputs, holds one tensor per variable, and frees it', () => {
    const w = tf.variable(tf.tensor1d([1]));
    const gradient = tf.tensor1d([1]);
    const optimizer = sgd(settings);
    const before = tf.memory().numTensors;
    optimizer.step({ w }, { w: gradient });
    optimizer.step({ w }, { w: gradient });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(gradient.isDisposed).toBe(false);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const plain = sgd({ learningRate: 1 });
    plain.step({ w }, { w: gradient });
    expect(tf.memory().numTensors).toBe(before);
    w.dispose();
  });

  test('its state outlives the scope that it was made in', async () => {
    const w = tf.variable(tf.tensor1d([4]));
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    tf.tidy(() => optimizer.step({ w }, { w: tf.tensor1d([2]) }));
    await expect(optimizer.state().tensors['w/velocity'] as tf.Tensor).toBeAllClose([2]);
    await expect(w).toBeAllClose([2]);
    optimizer.dispose();
    w.dispose();
  });

  test('asks for a fused kernel and gives it the whole step', async () => {
    const seen: unknown[] = [];
    const backendName = tf.getBackend();
    const own = tf.getKernel('BclSgd', backendName);
    if (own) tf.unregisterKernel('BclSgd', backendName);
    const make = (value: number) => {
      const { dataId, shape, dtype } = tf.keep(tf.tensor1d([value]));
      return { dataId, shape, dtype };
    };
    tf.registerKernel({
      kernelName: 'BclSgd',
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        seen.push(Object.keys(inputs), attrs);
        return [make(11), make(22)];
      },
    });
    const w = tf.variable(tf.tensor1d([4]));
    const optimizer = sgd(settings);
    try {
      optimizer.step({ w }, { w: tf.tensor1d([1]) });
      optimizer.step({ w }, { w: tf.tensor1d([1]) }, 0.125);
    } finally {
      tf.unregisterKernel('BclSgd', backendName);
      if (own) tf.registerKernel(own);
    }
    await expect(w).toBeAllClose([11]);
    await expect(optimizer.state().tensors['w/velocity'] as tf.Tensor).toBeAllClose([22]);
    expect(seen).toEqual([
      ['w', 'g', 'v'],
      { ...settings, first: true, inPlace: true },
      ['w', 'g', 'v'],
      { ...settings, learningRate: 0.125, first: false, inPlace: true },
    ]);
    optimizer.dispose();
    w.dispose();
  });

  test.each([
    [{ learningRate: -1 }, 'sgd: learningRate must be a number from 0 up, got -1'],
    [{ learningRate: Number.NaN }, 'sgd: learningRate must be a number from 0 up, got NaN'],
    [{ learningRate: 1, momentum: 1 }, 'sgd: momentum must be from 0 to below 1, got 1'],
    [{ learningRate: 1, weightDecay: -1 }, 'sgd: weightDecay must be a number from 0 up, got -1'],
    [
      { learningRate: 1, nesterov: true },
      'sgd: nesterov needs a momentum above 0, got 0; 0.9 is usual',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => sgd(options)).toThrow(new RangeError(message));
  });
});
