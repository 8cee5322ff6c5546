import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, values } from '../testing/kernels.js';
import { registerWasmKernels } from './registerWasmKernels.js';

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe.each(activations)('with activation %s', (activation) => {
  test.each([
    ['3×3', 3, 1, 8],
    ['3×3 of stride 2', 3, 2, 8],
    ['1×1', 1, 1, 8],
    ['outputs not a multiple of four', 3, 1, 7],
  ])('tf.fused.conv2d agrees with the cpu backend: %s', async (_, side, strides, outputs) => {
    for (const bias of [false, true]) {
      await expectLikeCpu(() => [
        tf.fused.conv2d({
          x: tf.tensor4d(values(2 * 9 * 8 * 5, 1), [2, 9, 8, 5]),
          filter: tf.tensor4d(values(side * side * 5 * outputs, 2), [side, side, 5, outputs]),
          strides,
          pad: 'same',
          activation,
          ...(bias && { bias: tf.tensor1d(values(outputs, 3)) }),
          ...(activation === 'prelu' && {
            preluActivationWeights: tf.tensor1d(values(outputs, 4)),
          }),
          ...(activation === 'leakyrelu' && { leakyreluAlpha: 0.3 }),
        }),
      ]);
    }
  });

  test('tf.fused.matMul agrees with the cpu backend', async () => {
    // tfjs's own kernel misplaces the bias where a side is transposed.
    const ours = activation === 'linear' || activation === 'relu';
    for (const [columns, transposeA, transposeB, bias] of [
      [8, false, false, true],
      [7, false, true, ours],
      [9, true, false, ours],
      [5, true, true, false],
      [1, true, true, true],
    ] as const) {
      await expectLikeCpu(() => [
        tf.fused.matMul({
          a: tf.tensor2d(values(6 * 13, 1), transposeA ? [13, 6] : [6, 13]),
          b: tf.tensor2d(values(13 * columns, 2), transposeB ? [columns, 13] : [13, columns]),
          transposeA,
          transposeB,
          activation,
          ...(bias && { bias: tf.tensor1d(values(columns, 3)) }),
          ...(activation === 'prelu' && {
            preluActivationWeights: tf.tensor1d(values(columns, 4)),
          }),
          ...(activation === 'leakyrelu' && { leakyreluAlpha: 0.3 }),
        }),
      ]);
    }
  });
});

describe.each(['linear', 'relu'] as const)('a bias with activation %s', (activation) => {
  const a = (): tf.Tensor2D => tf.tensor2d(values(6 * 13, 1), [6, 13]);
  const b = (): tf.Tensor2D => tf.tensor2d(values(13 * 5, 2), [13, 5]);
  const x = (): tf.Tensor4D => tf.tensor4d(values(2 * 6 * 5 * 3, 3), [2, 6, 5, 3]);
  const filter = (): tf.Tensor4D => tf.tensor4d(values(3 * 3 * 3 * 5, 4), [3, 3, 3, 5]);

  test('of one value goes to every output', async () => {
    await expectLikeCpu(() => {
      const bias = tf.tensor1d([7.5]);
      return [
        tf.fused.matMul({ a: a(), b: b(), bias, activation }),
        tf.fused.conv2d({ x: x(), filter: filter(), strides: 1, pad: 'same', bias, activation }),
      ];
    });
  });

  test('of shape [1, outputs] goes to every row', async () => {
    await expectLikeCpu(() => [
      tf.fused.matMul({ a: a(), b: b(), bias: tf.tensor2d(values(5, 5), [1, 5]), activation }),
    ]);
  });

  test('of more values than outputs is refused, as TensorFlow.js does on wasm', () => {
    const bias = tf.tensor2d(values(6 * 5, 5), [6, 5]);
    expect(() => tf.fused.matMul({ a: a(), b: b(), bias, activation })).toThrow(/rank-1 bias/);
  });
});

test('gradients of a layer with bias agree with the cpu backend', async () => {
  await expectLikeCpu(() => {
    const x = tf.tensor4d(values(2 * 6 * 5 * 3, 1), [2, 6, 5, 3]);
    const filter = tf.tensor4d(values(3 * 3 * 3 * 5, 2), [3, 3, 3, 5]);
    const bias = tf.tensor1d(values(5, 3));
    const weights = tf.tensor4d(values(2 * 6 * 5 * 5, 4), [2, 6, 5, 5]);
    return (['linear', 'relu'] as const).flatMap((activation) =>
      tf.grads((x, filter, bias) =>
        tf.mul(
          weights,
          tf.fused.conv2d({
            x: x as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            bias: bias as tf.Tensor1D,
            strides: 1,
            pad: 'same',
            activation,
          }),
        ),
      )([x, filter, bias]),
    );
  });
});

test('ReLU lets NaN through and the operands are kept', () => {
  const numbers = [Number.NaN, -1, 2, 3, Number.NEGATIVE_INFINITY, -5, 6, 7, 8];
  const a = tf.tensor2d(numbers, [9, 1]);
  const b = tf.tensor2d([1], [1, 1]);
  const bias = tf.tensor1d([0.5]);
  const y = tf.fused.matMul({ a, b, bias, activation: 'relu' });
  expect([...y.dataSync()]).toEqual([Number.NaN, 0, 2.5, 3.5, 0, 0, 6.5, 7.5, 8.5]);
  expect([a, b, bias].map((t) => [...t.dataSync()])).toEqual([numbers, [1], [0.5]]);
});

test('one tensor comes of a call, and no memory is kept', () => {
  const a = tf.tensor2d(values(6 * 13, 1), [6, 13]);
  const b = tf.tensor2d(values(13 * 5, 2), [13, 5]);
  const bias = tf.tensor1d(values(5, 3));
  const before = tf.memory();
  for (const activation of ['linear', 'relu', 'sigmoid'] as const) {
    const y = tf.fused.matMul({ a, b, bias, activation });
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
    y.dispose();
    expect(tf.memory()).toEqual(before);
  }
});

async function expectLikeCpu(compute: () => tf.Tensor[]): Promise<void> {
  const onWasm = compute().map((t) => t.dataSync());
  for (const [i, expected] of (await onCpu(compute)).entries()) {
    expect(error(onWasm[i] as Float32Array, expected, largest(expected))).toBeLessThan(1e-5);
  }
}
