import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { guardHeap } from '../testing/guardHeap.js';
import { registerWasmKernels } from './registerWasmKernels.js';

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap(); // freed values turn to NaN
});

describe('a clone', () => {
  test('shares its values: one tensor more, no buffer more', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const before = tf.memory();
    const y = tf.clone(x);
    expect(y.id).not.toBe(x.id);
    expect([y.shape, y.dtype, [...y.dataSync()]]).toEqual([[2, 3], 'float32', [1, 2, 3, 4, 5, 6]]);
    const after = tf.memory();
    expect(after.numTensors).toBe(before.numTensors + 1);
    expect(after.numDataBuffers).toBe(before.numDataBuffers);
    expect(after.numBytes).toBe(before.numBytes + 24); // tfjs counts shared bytes once a tensor
    y.dispose();
    expect(tf.memory()).toEqual(before);
  });

  test.each([
    ['the original', 0],
    ['the clone', 1],
  ])('or its original survives that %s is disposed', (_, which) => {
    const before = tf.memory();
    const x = tf.tensor1d([1, 2, 3]);
    const pair = [x, tf.clone(x)] as [tf.Tensor, tf.Tensor];
    const [gone, kept] = which === 0 ? pair : [pair[1], pair[0]];
    gone.dispose();
    const others = tf.tidy(() => [9, 8, 7].map((value) => tf.fill([3], value).dataSync()[0])); // would reuse freed values
    expect(others).toEqual([9, 8, 7]);
    expect([...kept.dataSync()]).toEqual([1, 2, 3]);
    expect([...tf.add(kept, 1).dataSync()]).toEqual([2, 3, 4]);
    kept.dispose();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1); // the sum
    expect(() => kept.dataSync()).toThrow('Tensor is disposed.');
  });

  test('of a clone of a reshaped tensor survives all of them', () => {
    const x = tf.tensor1d([1, 2, 3, 4]);
    const reshaped = tf.reshape(x, [2, 2]);
    const first = tf.clone(reshaped);
    const second = tf.clone(first);
    tf.dispose([x, first, reshaped]);
    expect(second.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('of a variable is not changed by its assign, nor the variable by what becomes of the clone', () => {
    const variable = tf.variable(tf.tensor1d([1, 2, 3]));
    const clone = tf.clone(variable);
    variable.assign(tf.tensor1d([4, 5, 6]));
    expect([...clone.dataSync()]).toEqual([1, 2, 3]);
    expect([...variable.dataSync()]).toEqual([4, 5, 6]);
    variable.assign(clone as tf.Tensor1D);
    clone.dispose();
    expect([...variable.dataSync()]).toEqual([1, 2, 3]);
    const later = tf.clone(variable);
    variable.dispose();
    expect([...later.dataSync()]).toEqual([1, 2, 3]);
  });

  test.each(['int32', 'bool'] as const)('keeps its type: %s', (dtype) => {
    const x = tf.tensor1d([1, 0, 1], dtype);
    const y = tf.clone(x);
    x.dispose();
    expect([y.dtype, [...y.dataSync()]]).toEqual([dtype, [1, 0, 1]]);
  });

  test('may hold strings, a scalar, or nothing', () => {
    for (const x of [tf.tensor1d(['a', 'bc']), tf.scalar(3), tf.tensor2d([], [0, 4])]) {
      const expected = x.arraySync();
      const y = tf.clone(x);
      x.dispose();
      expect([y.shape, y.arraySync()]).toEqual([x.shape, expected]);
    }
  });

  test('moves to another backend and back with its original', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    await tf.setBackend('cpu');
    try {
      expect([...tf.add(y, 1).dataSync()]).toEqual([2, 3, 4]);
      x.dispose();
      expect([...tf.add(y, 2).dataSync()]).toEqual([3, 4, 5]);
    } finally {
      await tf.setBackend('wasm');
    }
    expect([...tf.add(y, 3).dataSync()]).toEqual([4, 5, 6]);
  });

  test('passes its gradient on, also beside its original', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const slope = tf.grad((x) => tf.sum(tf.mul(tf.clone(x), tf.add(x, tf.clone(x)))))(x);
    expect([...slope.dataSync()]).toEqual([4, 8, 12]);
  });

  test('leaves a tidy that disposes its original', () => {
    const y = tf.tidy(() => tf.clone(tf.tensor1d([1, 2, 3])));
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
  });
});
