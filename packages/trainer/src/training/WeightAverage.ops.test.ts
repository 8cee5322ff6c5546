import * as tf from '@tensorflow/tfjs-core';
import { WeightAverage } from './WeightAverage.js';

describe('WeightAverage', () => {
  test('is the mean that fades, faster in the first steps', async () => {
    const average = new WeightAverage(0.375);
    const w = tf.variable(tf.tensor1d([8, 0]));
    let expected = 0;
    for (const [i, value] of [8, 16, 24, 32, 40].entries()) {
      w.assign(tf.tensor1d([value, -value]));
      average.update({ w });
      const kept = Math.min(0.375, (2 + i) / (11 + i));
      expected = i === 0 ? value : kept * expected + (1 - kept) * value;
      await expect(average.means.w as tf.Tensor).toBeAllClose([expected, -expected]);
    }
    expect(average.steps).toBe(5);
    average.dispose();
    w.dispose();
  });

  test('goes on from what was saved, holds a tensor a weight, and frees it', async () => {
    const w = tf.variable(tf.tensor1d([8]));
    const first = new WeightAverage(0.5);
    first.update({ w });
    const second = new WeightAverage(0.5);
    second.restore({ ...first.means }, first.steps);
    w.assign(tf.tensor1d([4]));
    const before = tf.memory().numTensors;
    first.update({ w });
    second.update({ w });
    expect(tf.memory().numTensors).toBe(before);
    const [a, b] = [first.means.w as tf.Tensor, second.means.w as tf.Tensor];
    await expect(a).toBeAllClose(await b.data(), { rtol: 0, atol: 0 });
    await expect(a).toBeAllClose([0.25 * 8 + 0.75 * 4]);
    first.dispose();
    second.dispose();
    expect(tf.memory().numTensors).toBe(before - 2);
    w.dispose();
  });

  test.each([0, 1, Number.NaN])('refuses a decay of %d', (decay) => {
    expect(() => new WeightAverage(decay)).toThrow(
      new RangeError(`ModelManager: ema must be above 0 and below 1, as 0.999, got ${decay}`),
    );
  });
});
