import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { drawRandomErasing, type RandomErasingPlan } from './drawRandomErasing.js';
import { applyRandomErasing, randomErasing } from './randomErasing.js';

function plan(boxes: number[][], values: number[]): RandomErasingPlan {
  const side = (i: number) => Int32Array.from(boxes, (box) => box[i] as number);
  const sides = { top: side(0), left: side(1), height: side(2), width: side(3) };
  return { ...sides, values: Float32Array.from(values) };
}

/** Two images of 2 × 3 pixels and two channels, from 1 on. */
const images = () =>
  tf.tensor4d(
    Array.from({ length: 24 }, (_, i) => i + 1),
    [2, 2, 3, 2],
  );
const both = [
  [0, 1, 2, 1],
  [1, 0, 1, 2],
];
const first = [1, 2, 0, 0, 5, 6, 7, 8, 0, 0, 11, 12];

describe('randomErasing', () => {
  test('paints over the boxes with one colour', async () => {
    const second = [13, 14, 15, 16, 17, 18, -1, 0.5, -1, 0.5, 23, 24];
    const painted = applyRandomErasing(images(), plan(both, [-1, 0.5]));
    await expect(painted).toBeAllClose([
      ...first.map((v, i) => (v === 0 ? [-1, 0.5][i % 2] : v) as number),
      ...second,
    ]);
  });

  test('paints over the boxes with noise, one box after the other', async () => {
    const painted = applyRandomErasing(images(), plan(both, [31, 32, 33, 34, 35, 36, 37, 38]));
    await expect(painted).toBeAllClose([
      ...[1, 2, 31, 32, 5, 6, 7, 8, 33, 34, 11, 12],
      ...[13, 14, 15, 16, 17, 18, 35, 36, 37, 38, 23, 24],
    ]);
  });

  test('leaves images without a box, and all that is around the others, as they were', async () => {
    const none = plan([[0, 0, 0, 0], both[1] as number[]], [7, 7]);
    const painted = Array.from(await applyRandomErasing(images(), none).data());
    expect(painted.slice(0, 18)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
    expect(painted.slice(18)).toEqual([7, 7, 7, 7, 23, 24]);
  });

  test('keeps integer images integer', async () => {
    const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1], 'int32');
    const painted = applyRandomErasing(x, plan([[0, 1, 1, 2]], [8.6]));
    expect(painted.dtype).toBe('int32');
    await expect(painted).toBeAllClose([1, 9, 9]);
  });

  test('draws and applies', async () => {
    const x = tf.randomUniform<tf.Rank.R4>([4, 8, 8, 3], -1, 1, 'float32', 1);
    for (const fill of [0, [1, 2, 3], 'normal', 'uniform'] as const) {
      const drawn = drawRandomErasing([4, 8, 8, 3], { random: createRandom(2), fill });
      await expect(randomErasing(x, { random: createRandom(2), fill })).toBeAllClose(
        applyRandomErasing(x, drawn),
      );
    }
  });

  test('returns one new tensor and keeps its input', () => {
    const x = images();
    const before = tf.memory().numTensors;
    randomErasing(x, { random: createRandom(1), fill: 'normal' });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(x.isDisposed).toBe(false);
  });
});
