import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { applyRandomGain, drawRandomGain, randomGain } from './randomGain.js';

const rows = [
  [1, -2, 4],
  [8, 0, -16],
];

describe('randomGain', () => {
  test('multiplies each sound by its own gain', async () => {
    const louder = applyRandomGain(tf.tensor2d(rows), { db: Float32Array.of(20, -20) });
    await expect(louder).toBeAllClose([10, -20, 40, 0.8, 0, -1.6]);
  });

  test('draws and applies', async () => {
    const plan = drawRandomGain(2, { random: createRandom(3) });
    await expect(randomGain(tf.tensor2d(rows), { random: createRandom(3) })).toBeAllClose(
      applyRandomGain(tf.tensor2d(rows), plan),
    );
  });

  test('makes arrays, each of its own length, as loud as it makes tensors', async () => {
    const plan = drawRandomGain(2, { random: createRandom(3) });
    const arrays = [Float32Array.from(rows[0] as number[]), Float32Array.of(8)];
    const louder = applyRandomGain(arrays, plan);
    expect(louder.map(({ length }) => length)).toEqual([3, 1]);
    expect(arrays[1]).toEqual(Float32Array.of(8));
    const [first, second] = (await applyRandomGain(tf.tensor2d(rows), plan).array()) as number[][];
    await expect(louder[0] as Float32Array).toBeAllClose(first as number[]);
    expect(louder[1]?.[0]).toBeCloseTo(second?.[0] as number, 5);
    expect(randomGain(arrays, { random: createRandom(3) })).toEqual(louder);
    expect(() => applyRandomGain([], { db: Float32Array.of(1) })).toThrow(
      'applyRandomGain: the plan is for 1 sounds, got 0; draw one for this batch',
    );
  });

  test('draws dB evenly from −6 to 6, or to another bound', () => {
    const { db } = drawRandomGain(4000, { random: createRandom(5) });
    expect(Math.min(...db)).toBeGreaterThanOrEqual(-6);
    expect(Math.max(...db)).toBeLessThan(6);
    const mean = db.reduce((sum, d) => sum + d, 0) / db.length;
    const square = db.reduce((sum, d) => sum + d * d, 0) / db.length;
    // Standard deviations of these means: 0.055 and 0.17; four of each.
    expect(Math.abs(mean)).toBeLessThan(0.22);
    expect(Math.abs(square - 12)).toBeLessThan(0.68);
    expect([...drawRandomGain(2, { random: () => 0.75, maxDb: 3 }).db]).toEqual([1.5, 1.5]);
    expect([...drawRandomGain(1, { random: () => 0.75, maxDb: 0 }).db]).toEqual([0]);
  });

  test('returns one new tensor and keeps its input', async () => {
    const x = tf.tensor2d(rows);
    const before = tf.memory().numTensors;
    randomGain(x, { random: createRandom(1) });
    expect(tf.memory().numTensors).toBe(before + 1);
    await expect(x).toBeAllClose(rows.flat());
  });

  test('says what does not fit', () => {
    expect(() => applyRandomGain(tf.tensor2d(rows), { db: Float32Array.of(1) })).toThrow(
      new RangeError('applyRandomGain: the plan is for 1 sounds, got 2; draw one for this batch'),
    );
    expect(() => randomGain(tf.zeros([3]) as unknown as tf.Tensor2D, { random: () => 0 })).toThrow(
      new RangeError(
        'randomGain: sounds must be a batch, [B, T], got [3]; one sound becomes one with tf.expandDims(x, 0)',
      ),
    );
    for (const wrong of [-1, Number.NaN]) {
      expect(() => drawRandomGain(1, { random: () => 0, maxDb: wrong })).toThrow(
        new RangeError(`drawRandomGain: maxDb must be 0 or more, got ${wrong}`),
      );
    }
  });
});
