import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { drawPadCrop, type PadCropPlan } from './drawPadCrop.js';
import { applyPadCrop, padCrop } from './padCrop.js';

/** 2 × 3 pixels and two channels, from 1 on. */
const image = () => tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 3, 2]);

function plan(padding: number, top: number[], left: number[]): PadCropPlan {
  return { padding, top: Int32Array.from(top), left: Int32Array.from(left) };
}

describe('padCrop', () => {
  test.each([
    ['top left', 0, 0, [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]],
    ['bottom right', 2, 2, [9, 10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['middle', 1, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ['top right', 0, 2, [0, 0, 0, 0, 0, 0, 3, 4, 5, 6, 0, 0]],
  ])('cuts the window at the %s', async (_, top, left, expected) => {
    await expect(applyPadCrop(image(), plan(1, [top], [left]))).toBeAllClose(expected);
  });

  test('leaves nothing where the window holds only padding', async () => {
    await expect(applyPadCrop(image(), plan(4, [0], [8]))).toBeAllClose(new Array(12).fill(0));
  });

  test('is what tf.pad and tf.slice give, image by image', async () => {
    const offsets = fc.tuple(fc.nat(6), fc.nat(6));
    await fc.assert(
      fc.asyncProperty(fc.array(offsets, { minLength: 1, maxLength: 4 }), async (windows) => {
        const size: [number, number, number, number] = [windows.length, 5, 4, 3];
        const count = size.reduce((product, side) => product * side);
        const x = tf.tensor4d(
          Array.from({ length: count }, (_, i) => i + 1),
          size,
        );
        const [top, left] = [windows.map(([t]) => t), windows.map(([, l]) => l)];
        const expected = tf.concat(
          windows.map(([t, l], b) => {
            const padded = tf.pad(tf.slice(x, [b, 0, 0, 0], [1, 5, 4, 3]), [
              [0, 0],
              [3, 3],
              [3, 3],
              [0, 0],
            ]);
            return tf.slice(padded, [0, t, l, 0], [1, 5, 4, 3]);
          }),
        );
        await expect(applyPadCrop(x, plan(3, top, left))).toBeAllClose(expected);
      }),
      { numRuns: 15 },
    );
  });

  test('draws and applies', async () => {
    const x = tf.randomUniform<tf.Rank.R4>([3, 8, 8, 3], -1, 1, 'float32', 1);
    const drawn = drawPadCrop(3, { random: createRandom(2) });
    expect(drawn.padding).toBe(4);
    const cut = padCrop(x, { random: createRandom(2) });
    await expect(cut).toBeAllClose(applyPadCrop(x, drawn));
  });

  test('draws every place of the window equally often, both ways apart', () => {
    const { top, left } = drawPadCrop(9 * 9 * 100, { random: createRandom(5), padding: 4 });
    const seen = new Map<string, number>();
    top.forEach((t, b) => {
      const key = `${t} ${left[b]}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    });
    expect(seen.size).toBe(81);
    // 100 each, standard deviation 10.
    for (const count of seen.values()) expect(Math.abs(count - 100)).toBeLessThan(45);
    expect(Math.min(...top, ...left)).toBe(0);
    expect(Math.max(...top, ...left)).toBe(8);
  });

  test('changes nothing without padding', async () => {
    await expect(padCrop(image(), { random: createRandom(1), padding: 0 })).toBeAllClose(image());
  });

  test('returns one new tensor and keeps its input', () => {
    const x = image();
    const before = tf.memory().numTensors;
    padCrop(x, { random: createRandom(1) });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(x.isDisposed).toBe(false);
  });

  test('says what must hold', () => {
    const random = createRandom(1);
    expect(() => drawPadCrop(1, { random, padding: 1.5 })).toThrow(
      new RangeError('drawPadCrop: padding must be a whole number from 0, got 1.5'),
    );
    expect(() => applyPadCrop(image(), plan(1, [3], [0]))).toThrow(
      new RangeError('applyPadCrop: top must be 0..2 for padding 1, got 3'),
    );
    expect(() => applyPadCrop(image(), plan(1, [0], []))).toThrow(
      new RangeError('applyPadCrop: left must be 0..2 for padding 1, got undefined'),
    );
    expect(() => applyPadCrop(image(), plan(1, [0, 0], [0, 0]))).toThrow(
      new RangeError('applyPadCrop: the plan is for 2 images, got 1; draw one for this batch'),
    );
    expect(() => padCrop(tf.ones([2]) as tf.Tensor as tf.Tensor4D, { random })).toThrow(
      new RangeError('padCrop: images must be [B, H, W, C], got [2]'),
    );
  });
});
