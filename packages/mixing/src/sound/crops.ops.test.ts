import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { multiCrop, multiCropStarts } from './multiCrop.js';
import { padSound } from './padSound.js';
import { applyRandomCrop, drawRandomCrop, randomCrop } from './randomCrop.js';

const rows = [
  [1, 2, 3, 4, 5],
  [6, 7, 8, 9, 10],
  [11, 12, 13, 14, 15],
];
const batch = () => tf.tensor2d(rows);

describe('randomCrop', () => {
  test('keeps of each sound the part that the plan says', async () => {
    const plan = { length: 3, start: Int32Array.of(0, 2, 1) };
    const cropped = applyRandomCrop(batch(), plan);
    expect(cropped.shape).toEqual([3, 3]);
    await expect(cropped).toBeAllClose([1, 2, 3, 8, 9, 10, 12, 13, 14]);
    for (const sound of [rows[1] as number[], Float32Array.from(rows[1] as number[])]) {
      const part = applyRandomCrop(sound, { length: 3, start: Int32Array.of(2) });
      expect([...part]).toEqual([8, 9, 10]);
    }
  });

  test('draws and applies', async () => {
    const start = (count: number) =>
      drawRandomCrop(count, 5, { length: 2, random: createRandom(7) });
    await expect(randomCrop(batch(), { length: 2, random: createRandom(7) })).toBeAllClose(
      applyRandomCrop(batch(), start(3)),
    );
    expect(randomCrop(rows[0] as number[], { length: 2, random: createRandom(7) })).toEqual(
      applyRandomCrop(rows[0] as number[], start(1)),
    );
  });

  test('keeps all of a sound that has just the length', async () => {
    await expect(randomCrop(batch(), { length: 5, random: Math.random })).toBeAllClose(rows.flat());
  });

  test('draws every place equally often', () => {
    const { start } = drawRandomCrop(4000, 12, { length: 9, random: createRandom(9) });
    const counts = [0, 0, 0, 0];
    for (const at of start) counts[at] = (counts[at] as number) + 1;
    // 1000 each, standard deviation 27; four of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(110);
  });

  test('returns one new tensor and keeps its input', async () => {
    const x = batch();
    const before = tf.memory().numTensors;
    randomCrop(x, { length: 2, random: createRandom(1) });
    expect(tf.memory().numTensors).toBe(before + 1);
    await expect(x).toBeAllClose(rows.flat());
  });

  test('says what does not fit', () => {
    const crop = (length: number) => () => randomCrop(batch(), { length, random: () => 0 });
    expect(crop(6)).toThrow(
      new RangeError(
        'drawRandomCrop: a sound must have at least 6 samples, got 5; pad it with padSound',
      ),
    );
    for (const wrong of [0, 1.5, Number.NaN]) {
      expect(crop(wrong)).toThrow(
        new RangeError(`drawRandomCrop: length must be a positive integer, got ${wrong}`),
      );
    }
    expect(() => applyRandomCrop(batch(), { length: 2, start: Int32Array.of(0, 1) })).toThrow(
      new RangeError('applyRandomCrop: the plan is for 2 sounds, got 3; draw one for this batch'),
    );
    for (const stray of [-1, 4]) {
      expect(() =>
        applyRandomCrop([1, 2, 3, 4, 5], { length: 2, start: Int32Array.of(stray) }),
      ).toThrow(
        new RangeError(`applyRandomCrop: start must be 0..3 for 2 of 5 samples, got ${stray}`),
      );
    }
    expect(() =>
      randomCrop(tf.zeros([2, 5, 1]) as unknown as tf.Tensor2D, { length: 2, random: () => 0 }),
    ).toThrow(
      new RangeError('randomCrop: sounds must be [B, T] or one sound as an array, got [2, 5, 1]'),
    );
  });
});

describe('multiCrop', () => {
  test('cuts at even distances from the beginning on', async () => {
    const sound = Array.from({ length: 12 }, (_, i) => i + 1);
    const crops = multiCrop(sound, { length: 4, crops: 4 });
    expect(crops.shape).toEqual([4, 4]);
    // ⌊8 / 3⌋ = 2 samples apart: the last crop ends before the sound does.
    await expect(crops).toBeAllClose([1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8, 9, 10]);
  });

  test('makes ten crops unless told, and one at the beginning', () => {
    expect([...multiCropStarts(109, { length: 10 })]).toEqual([
      0, 11, 22, 33, 44, 55, 66, 77, 88, 99,
    ]);
    expect([...multiCropStarts(109, { length: 10, crops: 1 })]).toEqual([0]);
    expect([...multiCropStarts(10, { length: 10, crops: 2 })]).toEqual([0, 0]);
  });

  test('returns one new tensor and keeps the sound', () => {
    const sound = Float32Array.of(1, 2, 3);
    const before = tf.memory().numTensors;
    multiCrop(sound, { length: 2, crops: 2 });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect([...sound]).toEqual([1, 2, 3]);
  });

  test('says what does not fit', () => {
    expect(() => multiCrop([1, 2], { length: 3 })).toThrow(
      new RangeError(
        'multiCrop: a sound must have at least 3 samples, got 2; pad it with padSound',
      ),
    );
    expect(() => multiCrop([1, 2], { length: 1, crops: 0 })).toThrow(
      new RangeError('multiCrop: crops must be a positive integer, got 0'),
    );
  });
});

describe('padSound', () => {
  test('adds zeros on both sides', () => {
    expect([...padSound([1, 2, 3], 2)]).toEqual([0, 0, 1, 2, 3, 0, 0]);
    expect([...padSound(Int16Array.of(1, -2), 0)]).toEqual([1, -2]);
    expect([...padSound([], 1)]).toEqual([0, 0]);
  });

  test('says what is no padding', () => {
    for (const wrong of [-1, 0.5, Number.NaN]) {
      expect(() => padSound([1], wrong)).toThrow(
        new RangeError(`padSound: padding must be a whole number from 0, got ${wrong}`),
      );
    }
  });
});
