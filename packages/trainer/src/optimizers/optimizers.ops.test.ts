import * as tf from '@tensorflow/tfjs-core';
import { adam } from './adam.js';
import { adamW } from './adamW.js';
import type { Optimizer } from './Optimizer.js';
import { optimizerFromConfig } from './optimizerFromConfig.js';
import { sgd } from './sgd.js';
import { swats } from './swats.js';

// A GPU in software compiles its shaders slowly.
jest.setTimeout(60_000);

const common = {
  learningRate: 0.25,
  weightDecay: 0.125,
  groups: [{ weights: 'b', factor: 0.5, weightDecay: 0 }],
  clip: { norm: 2 },
};
/** Every optimizer that a configuration can name; the last one switches in its second step. */
const all: [string, () => Optimizer][] = [
  ['sgd', () => sgd({ ...common, momentum: 0.5 })],
  ['sgd, nesterov', () => sgd({ ...common, momentum: 0.5, nesterov: true })],
  ["sgd, Chainer's nesterov", () => sgd({ ...common, momentum: 0.5, nesterov: 'chainer' })],
  ['adam', () => adam({ ...common, beta1: 0.5, beta2: 0.75, epsilon: 1e-6 })],
  ['adamw', () => adamW({ ...common, beta1: 0.5 })],
  ['swats', () => swats(common)],
  ['swats that switches', () => swats({ ...common, threshold: 100 })],
];

interface Weights extends Record<string, tf.Variable> {
  a: tf.Variable;
  b: tf.Variable;
}
const weights = (): Weights => ({
  a: tf.variable(tf.tensor1d([1, -2, 3])),
  b: tf.variable(tf.tensor2d([[4, -4]])),
});
/** The gradient of a bowl that is not round. */
function gradient({ a, b }: Weights): tf.NamedTensorMap {
  return { a: tf.tidy(() => tf.mul(a, tf.range(1, 1 + a.size))), b: tf.mul(b, 0.5) };
}

async function walk(optimizer: Optimizer, w: Weights, steps: number): Promise<number[]> {
  for (let k = 0; k < steps; k++) {
    const g = gradient(w);
    optimizer.step(w, g);
    await optimizer.settle?.();
    tf.dispose(g);
  }
  return [...(await w.a.data()), ...(await w.b.data())];
}

describe.each(all)('%s', (_, make) => {
  test('comes nearer to the minimum', async () => {
    const w = weights();
    const optimizer = make();
    const there = await walk(optimizer, w, 40);
    expect(Math.max(...there.map(Math.abs))).toBeLessThan(2);
    optimizer.dispose();
    tf.dispose(Object.values(w));
  });

  test('goes on from a saved state bit for bit, whenever that is', async () => {
    for (const before of [0, 1, 3]) {
      const straight = weights();
      const first = make();
      await walk(first, straight, before);
      const again = { a: tf.variable(tf.clone(straight.a)), b: tf.variable(tf.clone(straight.b)) };
      const second = optimizerFromConfig(JSON.parse(JSON.stringify(first.getConfig())));
      expect(second.getConfig()).toEqual(first.getConfig());
      const { tensors, numbers } = first.state();
      second.restore({ tensors, numbers: JSON.parse(JSON.stringify(numbers)) });
      expect(await walk(second, again, 3)).toEqual(await walk(first, straight, 3));
      first.dispose();
      second.dispose();
      tf.dispose([...Object.values(straight), ...Object.values(again)]);
    }
  });

  test('leaves alone what others hold of weights and of its memory', async () => {
    const w = weights();
    const optimizer = make();
    await walk(optimizer, w, 2);
    const lent = [w.a, ...Object.values(optimizer.state().tensors)];
    const held = lent.map((x) => tf.reshape(x as tf.Tensor, [-1]));
    const numbers = () => Promise.all(held.map(async (x) => [...(await x.data())]));
    const before = await numbers();
    const [a] = before;
    await walk(optimizer, w, 2);
    expect(await numbers()).toEqual(before);
    expect([...(await w.a.data())]).not.toEqual(a);
    optimizer.dispose();
    tf.dispose([held, ...Object.values(w)]);
  });

  test('keeps its inputs, holds no more from step to step, and frees all', async () => {
    const w = weights();
    const optimizer = make();
    const before = tf.memory().numTensors;
    await walk(optimizer, w, 3);
    const held = tf.memory().numTensors;
    const g = gradient(w);
    optimizer.step(w, g);
    expect(g.a?.isDisposed).toBe(false);
    tf.dispose(g);
    await optimizer.settle?.();
    expect(tf.memory().numTensors).toBe(held);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(Object.values(w));
  });

  test('stays at the minimum, where all gradients are 0', async () => {
    const w = { a: tf.variable(tf.zeros([2])), b: tf.variable(tf.zeros([1])) };
    const optimizer = make();
    await expect(await walk(optimizer, w, 3)).toBeAllClose([0, 0, 0], { rtol: 0, atol: 0 });
    optimizer.dispose();
    tf.dispose(Object.values(w));
  });
});

describe('adam', () => {
  test('takes steps of its rate whatever the gradients measure', async () => {
    const w = tf.variable(tf.tensor1d([0, 0, 0]));
    const optimizer = adam({ learningRate: 0.5 });
    for (let k = 0; k < 3; k++) optimizer.step({ w }, { w: tf.tensor1d([1e-4, 1, -1e4]) });
    await expect(w).toBeAllClose([-1.5, -1.5, 1.5], { rtol: 1e-3 });
    optimizer.dispose();
    w.dispose();
  });

  test.each([
    [{ beta1: 1 }, 'adam: beta1 must be from 0 to below 1, got 1'],
    [{ beta2: -0.1 }, 'adam: beta2 must be from 0 to below 1, got -0.1'],
    [{ epsilon: 0 }, 'adam: epsilon must be above 0, got 0'],
    [{ learningRate: -1 }, 'adam: learningRate must be a number from 0 up, got -1'],
  ])('refuses %j', (options, message) => {
    expect(() => adam(options)).toThrow(new RangeError(message));
  });
});

describe('adamW', () => {
  test('lets weights shrink by themselves, where adam scales the pull away', async () => {
    const shrunk = async (make: typeof adam) => {
      const w = tf.variable(tf.tensor1d([1, 1]));
      const optimizer = make({ learningRate: 0.5, weightDecay: 0.5 });
      optimizer.step({ w }, { w: tf.tensor1d([1e-6, 1e6]) });
      const values = [...(await w.data())];
      optimizer.dispose();
      w.dispose();
      return values;
    };
    await expect(tf.tensor1d(await shrunk(adamW))).toBeAllClose([0.25, 0.25], { atol: 0.01 });
    await expect(tf.tensor1d(await shrunk(adam))).toBeAllClose([0.5, 0.5], { atol: 0.01 });
  });
});

describe('swats', () => {
  const steady = { learningRate: 0.5, threshold: 1 };

  test('tells of the switch once, and goes on at the rate that it found', async () => {
    const w = tf.variable(tf.tensor1d([1]));
    const optimizer = swats(steady);
    const changes = [];
    for (let k = 0; k < 4; k++) {
      optimizer.step({ w }, { w: tf.tensor1d([2]) });
      changes.push(await optimizer.settle?.());
    }
    expect(changes).toEqual([
      null,
      { from: 'adam', to: 'sgd', learningRate: expect.closeTo(0.25, 5) },
      null,
      null,
    ]);
    // Two steps of 0.5 down, then (1 - 0.9) Λ v with v = 2 and 0.9 · 2 + 2.
    await expect(w).toBeAllClose([1 - 1 - 0.05 - 0.095]);
    optimizer.dispose();
    w.dispose();
  });

  test('goes on with a schedule by what has become of the rate at the switch', async () => {
    const w = tf.variable(tf.tensor1d([1]));
    const optimizer = swats(steady);
    for (const rate of [0.5, 0.5, 0.05]) {
      optimizer.step({ w }, { w: tf.tensor1d([2]) }, rate);
      await optimizer.settle?.();
    }
    await expect(w).toBeAllClose([1 - 1 - 0.005]);
    optimizer.dispose();
    w.dispose();
  });

  test('does not switch to a rate that would climb', async () => {
    const w = tf.variable(tf.tensor1d([1]));
    const optimizer = swats({ learningRate: 0.5, threshold: 1000, beta1: 0.9, beta2: 0 });
    // The gradient turns round while the mean still points the old way: s·g is above 0.
    optimizer.step({ w }, { w: tf.tensor1d([4]) });
    await optimizer.settle?.();
    optimizer.step({ w }, { w: tf.tensor1d([-1]) });
    expect(await optimizer.settle?.()).toBeNull();
    optimizer.step({ w }, { w: tf.tensor1d([4]) });
    expect(await optimizer.settle?.()).not.toBeNull();
    optimizer.dispose();
    w.dispose();
  });

  test('wants each step settled', () => {
    const w = tf.variable(tf.tensor1d([1]));
    const optimizer = swats(steady);
    optimizer.step({ w }, { w: tf.tensor1d([2]) });
    expect(() => optimizer.step({ w }, { w: tf.tensor1d([2]) })).toThrow(
      'swats: the last step must be settled before the next; await settle()',
    );
    optimizer.dispose();
    w.dispose();
  });

  test('refuses a threshold of 0', () => {
    expect(() => swats({ threshold: 0 })).toThrow(
      new RangeError('swats: threshold must be above 0, got 0'),
    );
  });
});

test('optimizerFromConfig names what it knows when it meets something else', () => {
  expect(() => optimizerFromConfig({ name: 'lion' })).toThrow(
    'optimizerFromConfig: name must be sgd, adam, adamw, swats, got lion; make your own optimizer and pass it',
  );
});
