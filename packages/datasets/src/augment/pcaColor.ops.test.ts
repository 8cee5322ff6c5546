import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { drawPcaColor, IMAGENET_COLORS } from './drawPcaColor.js';
import { applyPcaColor, pcaColor } from './pcaColor.js';

describe('pcaColor', () => {
  test('adds its colour to every pixel of an image', async () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2]);
    const plan = { colors: Float32Array.of(10, -10, 0.5, 0.25) };
    const expected = [11, -8, 13, -6, 5.5, 6.25, 7.5, 8.25];
    await expect(applyPcaColor(x, plan)).toBeAllClose(expected);
    const raw = { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 1, 2, 2] as const };
    await expect(applyPcaColor(raw, plan).data).toBeAllClose(expected);
  });

  test('draws Σ αᵢ λᵢ pᵢ, times 255', async () => {
    // α = (1, 0, 0) · sigma: normal() of 0.5 and 0.125 is 0.8325546 (see random), of 0 and anything is 0.
    const given = [0.5, 0.125, 0, 0, 0, 0];
    const { colors } = drawPcaColor([1, 4, 4, 3], { random: () => given.shift() as number });
    const step = 255 * 0.1 * 0.832554611 * 0.2175;
    await expect(colors).toBeAllClose([-0.5675 * step, -0.5808 * step, -0.5836 * step]);
  });

  test('varies each direction as much as it should', () => {
    const { eigenvalues, eigenvectors } = IMAGENET_COLORS;
    const { colors } = drawPcaColor([20_000, 1, 1, 3], { random: createRandom(1), sigma: 0.2 });
    eigenvalues.forEach((variance, i) => {
      let sum = 0;
      for (let b = 0; b < 20_000; b++) {
        const along = eigenvectors.reduce(
          (total, row, c) => total + (row[i] as number) * (colors[3 * b + c] as number),
          0,
        );
        sum += along * along;
      }
      // The published vectors are unit vectors at right angles to three digits.
      expect(Math.sqrt(sum / 20_000) / (255 * 0.2 * variance)).toBeCloseTo(1, 1);
    });
  });

  test('draws and applies', async () => {
    const x = tf.ones<tf.Rank.R4>([2, 2, 2, 3]);
    const plan = drawPcaColor([2, 2, 2, 3], { random: createRandom(5) });
    await expect(pcaColor(x, { random: createRandom(5) })).toBeAllClose(applyPcaColor(x, plan));
  });

  test('changes nothing with sigma 0', async () => {
    const x = tf.randomUniform<tf.Rank.R4>([2, 2, 2, 3], 0, 255, 'float32', 1);
    await expect(pcaColor(x, { random: createRandom(1), sigma: 0 })).toBeAllClose(x);
  });

  test('returns one new tensor and keeps its input', () => {
    const x = tf.ones<tf.Rank.R4>([2, 2, 2, 3]);
    const before = tf.memory().numTensors;
    pcaColor(x, { random: createRandom(1) });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(x.isDisposed).toBe(false);
  });

  test('says what must hold', () => {
    const random = createRandom(1);
    expect(() => drawPcaColor([1, 2, 2, 1], { random })).toThrow(
      new RangeError(
        'drawPcaColor: eigenvalues must be 1, one for each channel, got 3; fit them on these images with fitPcaColor',
      ),
    );
    expect(() => drawPcaColor([1, 2, 2, 3], { random, sigma: -1 })).toThrow(
      new RangeError('drawPcaColor: sigma must be 0 or more, got -1'),
    );
    expect(() => drawPcaColor([1, 2, 2, 3], { random, eigenvalues: [1, 2, -3] })).toThrow(
      new RangeError('drawPcaColor: eigenvalues must be variances, 0 or more, got [1,2,-3]'),
    );
    expect(() => drawPcaColor([1, 2, 2, 3], { random, eigenvectors: [[1, 0, 0]] })).toThrow(
      new RangeError('drawPcaColor: eigenvectors must be 3 rows of 3 numbers, got [[1,0,0]]'),
    );
    expect(() =>
      applyPcaColor(tf.ones<tf.Rank.R4>([2, 1, 1, 3]), { colors: new Float32Array(3) }),
    ).toThrow(
      new RangeError(
        'applyPcaColor: the plan must have 6 values, one for each channel of 2 images, got 3',
      ),
    );
  });
});
