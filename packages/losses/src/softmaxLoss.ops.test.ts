import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of TensorFlow.js
import { klDivergence } from './klDivergence.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

const KERNEL = 'BclSoftmaxLoss';
const each = { reduction: 'none' } as const;
const FLT_MAX = 3.4028234663852886e38;

/** Runs `f` where no kernel of ours is, and brings it back. */
function composed<T>(f: () => T): T {
  const kernel = tf.getKernel(KERNEL, tf.getBackend());
  if (kernel) tf.unregisterKernel(KERNEL, tf.getBackend());
  try {
    return f();
  } finally {
    if (kernel) tf.registerKernel(kernel);
  }
}

/** Logits of several strengths, and labels of two classes, of all, of one and of none. */
function batch(classes: number): { t: tf.Tensor2D; y: tf.Tensor2D } {
  const strength = tf.tensor2d([[1], [0.01], [30], [4], [200]]);
  const y = tf.mul(tf.randomNormal([5, classes], 0, 1, 'float32', classes), strength);
  const sharp = tf.mul(tf.randomNormal([5, classes], 0, 1, 'float32', classes + 1), [
    [90],
    [2],
    [1e4],
    [0],
    [90],
  ]);
  const t = tf.mul(tf.softmax(sharp), [[1], [1], [1], [1], [0]]);
  return { t: t as tf.Tensor2D, y: y as tf.Tensor2D };
}

describe.each([
  { name: 'klDivergence', loss: klDivergence },
  { name: 'softmaxCrossEntropy', loss: softmaxCrossEntropy },
])('$name', ({ loss }) => {
  test.each([1, 2, 3, 4, 10, 100])(
    'is the same by one kernel as by operations, %i classes',
    async (classes) => {
      const { t, y } = batch(classes);
      const compute = (): [tf.Tensor, tf.Tensor, tf.Tensor] => [
        loss(t, y),
        loss(t, y, each),
        tf.grad((x) => loss(t, x))(y),
      ];
      const expected = composed(compute);
      for (const [i, got] of compute().entries()) {
        await expect(got).toBeAllClose(expected[i] as tf.Tensor, { rtol: 1e-6, atol: 1e-6 });
      }
    },
  );

  test('is the same at the ends of float32', async () => {
    const y = tf.tensor2d([
      [FLT_MAX, -FLT_MAX, 0, 1],
      [-FLT_MAX, -FLT_MAX, -FLT_MAX, -FLT_MAX],
      [1e30, -1e30, 1e-45, 0],
      [Number.NaN, 1, 2, 3],
      [1, 2, 3, Number.NEGATIVE_INFINITY],
    ]);
    const t = tf.tile(tf.tensor2d([[0.5, 0.25, 0, 0.25]]), [5, 1]);
    const compute = (): [tf.Tensor, tf.Tensor] => [
      loss(t, y, each),
      tf.grad((x) => loss(t, x, each))(y, tf.ones([5])),
    ];
    const expected = composed(compute);
    for (const [i, got] of compute().entries()) {
      const [a, b] = [await got.data(), await (expected[i] as tf.Tensor).data()];
      const finite = (x: typeof a): number[] => Array.from(x, (v) => (Number.isFinite(v) ? v : 0));
      const others = (x: typeof a): number[] => Array.from(x, (v) => (Number.isFinite(v) ? 0 : v));
      expect(others(a)).toEqual(others(b));
      await expect(finite(a)).toBeAllClose(finite(b), { rtol: 1e-6, atol: 1e-6 });
    }
  });

  test('is that kernel where the backend has it, on the way back too', async () => {
    const has = tf.getBackend() === 'wasm' && process.env.BCL_KERNELS !== 'off';
    expect(Boolean(tf.getKernel(KERNEL, tf.getBackend()))).toBe(has);
    const { t, y } = batch(3);
    const { kernelNames } = await tf.profile(() => tf.grad((x) => loss(t, x))(y));
    expect(kernelNames.filter((kernel) => kernel === KERNEL)).toHaveLength(has ? 1 : 0);
    expect(kernelNames.includes('Exp')).toBe(!has);
  });

  test('leaves a gradient of its gradient to operations, which have none: an error, not wrong numbers', () => {
    const { t, y } = batch(3);
    const slope = (x: tf.Tensor): tf.Tensor => tf.grad((y) => loss(t, y))(x);
    expect(() => tf.grad((x) => tf.sum(tf.square(slope(x))))(y)).toThrow(
      /gradient function not found for Less/,
    );
  });

  test('takes no rows', async () => {
    const none = tf.zeros([0, 3]);
    expect(await loss(none, none, each).data()).toHaveLength(0);
  });
});
