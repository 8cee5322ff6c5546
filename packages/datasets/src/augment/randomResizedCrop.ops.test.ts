import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { goldenAugment } from '../fixtures/goldenAugment.js';
import { drawRandomResizedCrop, type ResizedCropPlan } from './drawRandomResizedCrop.js';
import { applyRandomResizedCrop, randomResizedCrop } from './randomResizedCrop.js';
import { resize } from './resize.js';

function plan(size: [number, number], ...boxes: number[][]): ResizedCropPlan {
  const side = (i: number) => Int32Array.from(boxes, (box) => box[i] as number);
  return { size, top: side(0), left: side(1), height: side(2), width: side(3) };
}

describe('randomResizedCrop', () => {
  describe.each(goldenAugment.resample.map((each) => [each.id, each] as const))(
    'stretches as Pillow does: %s',
    (_, { shape, image, box, size, floats, bytes }) => {
      const once = plan(size, [...box]);
      const one = [1, ...shape] as [number, number, number, number];

      test('a tensor', async () => {
        const x = tf.tensor4d(image, one);
        await expect(applyRandomResizedCrop(x, once)).toBeAllClose(floats, { atol: 2e-3, rtol: 0 });
      });

      test('floats in plain memory', async () => {
        const x = { data: Float32Array.from(image), shape: one };
        const stretched = applyRandomResizedCrop(x, once);
        expect(stretched.shape).toEqual([1, ...size, shape[2]]);
        await expect(stretched.data).toBeAllClose(floats, { atol: 1e-4, rtol: 0 });
      });

      test('bytes, but for its second rounding', async () => {
        const x = { data: Uint8Array.from(image), shape: one };
        const { data } = applyRandomResizedCrop(x, once);
        await expect(data).toBeAllClose(floats, { atol: 0.501, rtol: 0 });
        await expect(data).toBeAllClose(bytes, { atol: 1, rtol: 0 });
      });
    },
  );

  test('gives each image its own box', async () => {
    const x = tf.tensor4d([0, 8, 16, 24, 100, 108, 116, 124], [2, 1, 4, 1]);
    const boxes = plan([1, 2], [0, 0, 1, 2], [0, 2, 1, 2]);
    await expect(applyRandomResizedCrop(x, boxes)).toBeAllClose([0, 8, 116, 124]);
  });

  test('draws and applies', async () => {
    const x = tf.randomUniform<tf.Rank.R4>([3, 8, 6, 3], 0, 255, 'float32', 1);
    const drawn = drawRandomResizedCrop([3, 8, 6, 3], { size: [4, 4], random: createRandom(2) });
    const cut = randomResizedCrop(x, { size: [4, 4], random: createRandom(2) });
    expect(cut.shape).toEqual([3, 4, 4, 3]);
    await expect(cut).toBeAllClose(applyRandomResizedCrop(x, drawn));
  });

  test('returns one new tensor and keeps its input', () => {
    const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
    const before = tf.memory().numTensors;
    randomResizedCrop(x, { size: [2, 2], random: createRandom(1) });
    resize(x, { size: 3 });
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(x.isDisposed).toBe(false);
  });
});

describe('resize', () => {
  test('stretches all images alike, to a size or by the shorter side', async () => {
    const x = tf.tensor4d([0, 4, 8, 12], [2, 1, 2, 1]);
    await expect(resize(x, { size: [1, 4] })).toBeAllClose([0, 1, 3, 4, 8, 9, 11, 12]);
    const shapes = ([2, 3] as const).map(
      (size) => resize(tf.ones<tf.Rank.R4>([1, 2, 5, 1]), { size }).shape,
    );
    expect(shapes).toEqual([
      [1, 2, 5, 1],
      [1, 3, 7, 1],
    ]);
    expect(resize(tf.ones<tf.Rank.R4>([1, 5, 2, 1]), { size: 4 }).shape).toEqual([1, 10, 4, 1]);
  });

  test('says what its size must be', () => {
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
    expect(() => resize(x, { size: 0 })).toThrow(
      new RangeError('resize: size must be [height, width] or one whole number from 1, got 0'),
    );
    expect(() => resize(x, { size: [2, 0.5] })).toThrow(
      new RangeError('resize: size must be [height, width] in whole pixels, got [2,0.5]'),
    );
  });
});
