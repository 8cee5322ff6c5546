import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { averageCrops } from './averageCrops.js';
import { centerCrop } from './centerCrop.js';
import { drawRandomCrop } from './drawRandomCrop.js';
import { nCrop } from './nCrop.js';
import { applyCrop, randomCrop } from './randomCrop.js';

/** 3 × 4 pixels: row and column as digits. */
const image = () => tf.tensor4d([11, 12, 13, 14, 21, 22, 23, 24, 31, 32, 33, 34], [1, 3, 4, 1]);

describe('randomCrop', () => {
  test('cuts the windows that the plan names, each image its own', async () => {
    const two = tf.concat([image(), tf.neg(image())]);
    const plan = { size: [2, 2] as const, top: Int32Array.of(0, 1), left: Int32Array.of(2, 0) };
    const cut = applyCrop(two, plan);
    expect(cut.shape).toEqual([2, 2, 2, 1]);
    await expect(cut).toBeAllClose([13, 14, 23, 24, -21, -22, -31, -32]);
  });

  test('draws every place equally often', () => {
    const { top, left } = drawRandomCrop([1200, 3, 4, 1], {
      size: [2, 2],
      random: createRandom(1),
    });
    const seen = new Map<string, number>();
    top.forEach((t, b) => {
      seen.set(`${t} ${left[b]}`, (seen.get(`${t} ${left[b]}`) ?? 0) + 1);
    });
    expect(seen.size).toBe(6);
    // 200 each, standard deviation 13.
    for (const count of seen.values()) expect(Math.abs(count - 200)).toBeLessThan(55);
  });

  test('draws and applies; a window of the whole size is the image', async () => {
    const drawn = drawRandomCrop([1, 3, 4, 1], { size: [1, 2], random: createRandom(9) });
    await expect(randomCrop(image(), { size: [1, 2], random: createRandom(9) })).toBeAllClose(
      applyCrop(image(), drawn),
    );
    await expect(randomCrop(image(), { size: [3, 4], random: createRandom(9) })).toBeAllClose(
      image(),
    );
  });

  test('says what must hold', () => {
    const random = createRandom(1);
    expect(() => randomCrop(image(), { size: [4, 4], random })).toThrow(
      new RangeError(
        'drawRandomCrop: size must be at most that of the images, [3, 4], got [4, 4]; resize them first',
      ),
    );
    const plan = { size: [2, 2] as const, top: Int32Array.of(2), left: Int32Array.of(0) };
    expect(() => applyCrop(image(), plan)).toThrow(
      new RangeError('applyCrop: top must be 0..1 for images of this size, got 2'),
    );
  });
});

describe('centerCrop', () => {
  test('keeps the middle, one pixel less above and to the left where it is odd', async () => {
    await expect(centerCrop(image(), { size: [1, 2] })).toBeAllClose([22, 23]);
    await expect(centerCrop(image(), { size: [2, 1] })).toBeAllClose([12, 22]);
  });

  test('refuses a window that is larger than the image', () => {
    expect(() => centerCrop(image(), { size: [1, 5] })).toThrow(
      'centerCrop: size must be at most that of the images, [3, 4], got [1, 5]',
    );
  });
});

describe('nCrop', () => {
  test('gives four corners, the middle, and the same mirrored', async () => {
    const windows = nCrop(image(), { size: [1, 2] });
    expect(windows.shape).toEqual([10, 1, 2, 1]);
    const five = [11, 12, 13, 14, 31, 32, 33, 34, 22, 23];
    const mirrored = [12, 11, 14, 13, 32, 31, 34, 33, 23, 22];
    await expect(windows).toBeAllClose([...five, ...mirrored]);
  });

  test('keeps the windows of an image together', async () => {
    const two = tf.concat([image(), tf.neg(image())]);
    const windows = nCrop(two, {
      size: [1, 1],
      places: [
        [0, 0],
        [1, 1],
      ],
      mirror: false,
    });
    await expect(windows).toBeAllClose([11, 34, -11, -34]);
  });

  test('does the same to bytes', () => {
    const bytes = { data: Uint8Array.of(1, 2, 3, 4), shape: [1, 1, 4, 1] as const };
    const { data, shape } = nCrop(bytes, { size: [1, 3], places: [[0, 1]] });
    expect(Array.from(data)).toEqual([2, 3, 4, 4, 3, 2]);
    expect(shape).toEqual([2, 1, 3, 1]);
  });

  test('returns one new tensor and keeps its input', () => {
    const x = image();
    const before = tf.memory().numTensors;
    nCrop(x, { size: [2, 2] });
    centerCrop(x, { size: [2, 2] });
    randomCrop(x, { size: [2, 2], random: createRandom(1) });
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(x.isDisposed).toBe(false);
  });

  test('says what must hold', () => {
    expect(() => nCrop(image(), { size: [5, 5] })).toThrow('nCrop: size must be at most');
    expect(() => nCrop(image(), { size: [1, 1], places: [[0, 2]] })).toThrow(
      new RangeError('nCrop: places must be [down, right], each 0..1, got [0,2]'),
    );
    expect(() => nCrop(image(), { size: [1, 1], places: [] })).toThrow(
      new RangeError('nCrop: places must name at least one window'),
    );
  });
});

describe('averageCrops', () => {
  test('averages probabilities, not logits', async () => {
    // softmax(0, ln 3) = (1/4, 3/4), softmax(0, 0) = (1/2, 1/2); the mean of the logits would give 0.366.
    const logits = tf.tensor2d([0, Math.log(3), 0, 0, 1, 1, 5, 5], [4, 2]);
    await expect(averageCrops(logits, 2)).toBeAllClose([0.375, 0.625, 0.5, 0.5]);
  });

  test('is the softmax for one window', async () => {
    const logits = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    await expect(averageCrops(logits, 1)).toBeAllClose(tf.softmax(logits));
  });

  test('returns one new tensor', () => {
    const logits = tf.ones<tf.Rank.R2>([4, 3]);
    const before = tf.memory().numTensors;
    expect(averageCrops(logits, 2).shape).toEqual([2, 3]);
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  test('says what must hold', () => {
    const logits = tf.ones<tf.Rank.R2>([4, 3]);
    expect(() => averageCrops(logits, 3)).toThrow(
      new RangeError('averageCrops: logits must be [B · 3, K], 3 rows for each image, got [4, 3]'),
    );
    expect(() => averageCrops(logits, 0)).toThrow(
      new RangeError('averageCrops: crops must be a whole number from 1, got 0'),
    );
  });
});
