import * as tf from '@tensorflow/tfjs-core';
import { ByteMixer } from './ByteMixer.js';
import { mixBytes } from './mixBytes.js';
import { mixBytesToTensors } from './tensors.js';

const images = Uint8Array.from({ length: 9 * 5 * 7 * 3 }, (_, i) => (i * i * 31 + 7 * i) % 256);
const labels = Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2);
const data = { images, labels, shape: [5, 7, 3] as const };
const options = { mean: [4, 2, -6], std: [50, 60, 70], numClasses: 3 };
const plan = new ByteMixer({ ...options, padding: 2, seed: 1 }).draw(data, [0, 4, 8, 2, 2]);

describe('mixBytesToTensors', () => {
  test('gives the floats of mixBytes, bit for bit', async () => {
    const mixed = mixBytesToTensors(data, plan, options);
    const floats = mixBytes(data, plan, options);
    expect(mixed.images.shape).toEqual([5, 5, 7, 3]);
    expect(mixed.labels.shape).toEqual([5, 3]);
    await expect(mixed.images).toBeAllClose(floats.images, { rtol: 0, atol: 0 });
    await expect(mixed.labels).toBeAllClose(floats.labels, { rtol: 0, atol: 0 });
  });

  test('returns two new tensors that can be computed with and disposed', async () => {
    const before = tf.memory().numTensors;
    const mixed = mixBytesToTensors(data, plan, options);
    expect(tf.memory().numTensors).toBe(before + 2);
    const floats = mixBytes(data, plan, options).images;
    const doubled = await tf.mul(mixed.images, 2).data();
    await expect(doubled).toBeAllClose(floats.map((v) => 2 * v));
    tf.dispose(mixed);
    const buffers = tf.memory().numDataBuffers;
    for (let i = 0; i < 3; i++) tf.dispose(mixBytesToTensors(data, plan, options));
    expect(tf.memory().numDataBuffers).toBe(buffers);
  });

  test('belongs to the tidy that it is called in', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => void mixBytesToTensors(data, plan, options));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('does without WebAssembly when told to', async () => {
    const mixed = mixBytesToTensors(data, plan, { ...options, engine: 'script' });
    const floats = mixBytes(data, plan, { ...options, engine: 'script' });
    await expect(mixed.images).toBeAllClose(floats.images, { rtol: 0, atol: 0 });
  });

  test('makes empty batches of an empty plan', () => {
    const none = { index: [], flip: [], top: [], left: [] };
    const mixed = mixBytesToTensors(
      data,
      { first: none, second: none, ratio: [], padding: 0 },
      options,
    );
    expect(mixed.images.shape).toEqual([0, 5, 7, 3]);
    expect(mixed.labels.shape).toEqual([0, 3]);
  });

  test('refuses what mixBytes refuses, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    expect(() => mixBytesToTensors(data, plan, { ...options, numClasses: 2 })).toThrow(
      new RangeError(
        'mixBytes: labels must be whole numbers of 0..1, got 2 for image 8; is numClasses right?',
      ),
    );
    expect(() => mixBytesToTensors(data, plan, { ...options, std: [1, 0, 1] })).toThrow(
      'mixBytes: std must be 3 numbers above 0',
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
