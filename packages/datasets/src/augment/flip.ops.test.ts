import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { drawFlip } from './drawFlip.js';
import { applyFlip, flip } from './flip.js';

/** Two images of 2 × 3 pixels and two channels; the channel shows in the sign. */
const images = () =>
  tf.tensor4d(
    [1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7, 8, -8, 9, -9, 10, -10, 11, -11, 12, -12],
    [2, 2, 3, 2],
  );

describe('flip', () => {
  test('reverses the columns of the images that the plan names', async () => {
    await expect(applyFlip(images(), { flip: Uint8Array.of(0, 1) })).toBeAllClose([
      1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 9, -9, 8, -8, 7, -7, 12, -12, 11, -11, 10, -10,
    ]);
  });

  test('is undone by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.boolean(), async (first, second) => {
        const plan = { flip: Uint8Array.of(Number(first), Number(second)) };
        await expect(applyFlip(applyFlip(images(), plan), plan)).toBeAllClose(images());
      }),
      { numRuns: 4 },
    );
  });

  test('draws and applies', async () => {
    const plan = drawFlip(2, { random: createRandom(3) });
    const flipped = flip(images(), { random: createRandom(3) });
    await expect(flipped).toBeAllClose(applyFlip(images(), plan));
    await expect(flip(images(), { random: () => 0.5 })).toBeAllClose(images());
  });

  test('flips half of the images, or the share that it is told', () => {
    const share = (probability?: number) => {
      const random = createRandom(1);
      const options = probability === undefined ? { random } : { random, probability };
      return drawFlip(10_000, options).flip.reduce((sum, x) => sum + x, 0) / 10_000;
    };
    expect(Math.abs(share() - 0.5)).toBeLessThan(0.02); // four standard deviations
    expect(Math.abs(share(0.1) - 0.1)).toBeLessThan(0.012);
    expect(share(0)).toBe(0);
    expect(share(1)).toBe(1);
  });

  test('keeps integer images integer', async () => {
    const x = tf.tensor4d([1, 2], [1, 1, 2, 1], 'int32');
    const flipped = applyFlip(x, { flip: Uint8Array.of(1) });
    expect(flipped.dtype).toBe('int32');
    await expect(flipped).toBeAllClose([2, 1]);
  });

  test('returns one new tensor and keeps its input', () => {
    const x = images();
    const before = tf.memory().numTensors;
    flip(x, { random: createRandom(1) });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(x.isDisposed).toBe(false);
  });

  test('says what must hold', () => {
    const random = createRandom(1);
    expect(() => applyFlip(images(), { flip: Uint8Array.of(1) })).toThrow(
      new RangeError('applyFlip: the plan is for 1 images, got 2; draw one for this batch'),
    );
    expect(() => flip(tf.ones([2, 3]) as tf.Tensor as tf.Tensor4D, { random })).toThrow(
      new RangeError('flip: images must be [B, H, W, C], got [2, 3]'),
    );
    expect(() => drawFlip(1, { random, probability: 2 })).toThrow(
      new RangeError('drawFlip: probability must be 0..1, got 2'),
    );
  });
});
