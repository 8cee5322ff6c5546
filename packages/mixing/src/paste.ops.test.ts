import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's ops
import { cutMix } from './cutMix.js';
import { resizeMix } from './resizeMix.js';

const ramp = (from: number, shape: [number, number, number, number]) => {
  const size = shape.reduce((n, side) => n * side, 1);
  return tf.tensor4d(
    Array.from({ length: size }, (_, i) => from + i),
    shape,
  );
};

describe.each([
  { name: 'cutMix', mix: cutMix },
  { name: 'resizeMix', mix: resizeMix },
])('$name', ({ name, mix }) => {
  test('leaves the first images where the boxes are empty, and pastes whole second ones', async () => {
    const [x1, x2] = [ramp(0, [3, 2, 3, 2]), ramp(100, [3, 2, 3, 2])];
    const mixed = mix(x1, x2, [1, 1, 1, 3, 0, 0, 2, 3, 0, 2, 2, 2]);
    await expect(mixed).toBeAllClose(
      tf.concat([tf.slice(x1, 0, 1), tf.slice(x2, 1, 1), tf.slice(x1, 2, 1)]),
    );
  });

  test('does no arithmetic on pixels outside the box', async () => {
    const x1 = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const x2 = tf.tensor4d([Number.NaN, Number.NaN, Number.NaN, Number.NaN], [1, 2, 2, 1]);
    expect(Array.from(await mix(x1, x2, [0, 1, 2, 2]).data())).toEqual([
      1,
      Number.NaN,
      3,
      Number.NaN,
    ]);
  });

  test('hands a gradient to the first images', async () => {
    const d1 = tf.grad((x1) =>
      tf.sum<tf.Scalar>(tf.mul(mix(x1, ramp(9, [1, 2, 2, 1]), [0, 0, 1, 2]), 3)),
    )(ramp(0, [1, 2, 2, 1]));
    await expect(d1).toBeAllClose([0, 0, 3, 3]);
  });

  test('returns one new tensor and keeps its inputs', async () => {
    const [x1, x2] = [ramp(0, [1, 2, 3, 2]), ramp(100, [1, 2, 3, 2])];
    const before = tf.memory().numTensors;
    mix(x1, x2, [0, 0, 1, 2]);
    expect(tf.memory().numTensors).toBe(before + 1);
    await expect(x1).toBeAllClose(ramp(0, [1, 2, 3, 2]));
    await expect(x2).toBeAllClose(ramp(100, [1, 2, 3, 2]));
  });

  test('says what does not fit', () => {
    const x = tf.zeros([1, 4, 3, 1]);
    expect(() => mix(x, tf.zeros([1, 4, 3, 2]), [0, 0, 1, 1])).toThrow(
      new RangeError(
        `${name}: x1 and x2 must be images of one shape, [B, H, W, C], got x1 [1, 4, 3, 1] and x2 [1, 4, 3, 2]`,
      ),
    );
    expect(() => mix(tf.zeros([1, 4]), tf.zeros([1, 4]), [0, 0, 1, 1])).toThrow(
      'got x1 [1, 4] and x2 [1, 4]',
    );
    const two = tf.zeros([2, 4, 3, 1]);
    expect(() => mix(two, two, [0, 0, 1])).toThrow(
      new RangeError(`${name}: box must be 8 numbers, four for each image, got 3`),
    );
    expect(() => mix(two, two, [0, 0, 1, 1, 0, 0, 1, 4])).toThrow(
      new RangeError(`${name}: a box must lie in 4 x 3 pixels, got [0, 0, 1, 4] for image 1`),
    );
    for (const box of [
      [-1, 0, 1, 1],
      [0, -1, 1, 1],
      [2, 0, 1, 1],
      [0, 2, 1, 1],
      [0, 0, 5, 1],
      [0, 0, 1, 4],
      [0, 0, 1.5, 1],
    ]) {
      expect(() => mix(x, x, box)).toThrow(
        new RangeError(
          `${name}: a box must lie in 4 x 3 pixels, got [${box.join(', ')}] for image 0`,
        ),
      );
    }
  });
});

describe('cutMix', () => {
  test('pastes each box where it was', async () => {
    const [x1, x2] = [ramp(0, [2, 2, 3, 1]), ramp(100, [2, 2, 3, 1])];
    await expect(cutMix(x1, x2, [0, 1, 2, 2, 1, 0, 2, 3])).toBeAllClose([
      0, 101, 2, 3, 104, 5, 6, 7, 8, 109, 110, 111,
    ]);
  });

  test('hands a gradient to the pixels that are pasted', async () => {
    const d2 = tf.grad((x2) =>
      tf.sum<tf.Scalar>(cutMix(tf.zeros([1, 2, 2, 1]), x2 as tf.Tensor, [0, 0, 1, 2])),
    )(ramp(0, [1, 2, 2, 1]));
    await expect(d2).toBeAllClose([1, 1, 0, 0]);
  });
});

describe('resizeMix', () => {
  test('shrinks the whole image into the box, in each direction by itself', async () => {
    const x1 = tf.zeros([1, 4, 4, 1]);
    const x2 = ramp(0, [1, 4, 4, 1]);
    // Centres of 2 x 1 pixels lie at rows 0.5 and 2.5 and column 1.5: 4 · 0.5 + 1.5 and 4 · 2.5 + 1.5.
    await expect(resizeMix(x1, x2, [1, 2, 3, 3])).toBeAllClose([
      0, 0, 0, 0, 0, 0, 3.5, 0, 0, 0, 11.5, 0, 0, 0, 0, 0,
    ]);
  });

  test('keeps the channels apart', async () => {
    const x2 = tf.tensor4d([1, 10, 3, 30, 5, 50, 7, 70], [1, 2, 2, 2]);
    await expect(resizeMix(tf.zeros([1, 2, 2, 2]), x2, [0, 0, 1, 1])).toBeAllClose([
      4, 40, 0, 0, 0, 0, 0, 0,
    ]);
  });
});
