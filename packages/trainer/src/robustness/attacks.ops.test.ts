import { Preprocessing, type PreprocessingMethod } from '@bcl/datasets';
import { softmaxCrossEntropy } from '@bcl/losses';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as fc from 'fast-check';
import type { Slope } from './Attack.js';
import { fgsm } from './fgsm.js';
import { pgd } from './pgd.js';
import { slopeOf } from './slopeOf.js';

const shape: [number, number, number, number] = [2, 2, 2, 3];
const pixels = fc.array(fc.nat(255), { minLength: 24, maxLength: 24 });
const epsilon = fc.constantFrom(0, 1 / 255, 2.5 / 255, 8 / 255, 1);

/** A slope that leads back and forth. */
const restless: Slope = (x) => tf.sin(tf.mul(x, 7));

describe.each([
  ['fgsm', (e: number) => fgsm({ epsilon: e })],
  ['pgd', (e: number) => pgd({ epsilon: e, steps: 3, stepSize: Math.min(1, 2 * e) })],
  [
    'pgd from a random start',
    (e: number) => pgd({ epsilon: e, steps: 3, random: createRandom(1).stream('attack') }),
  ],
] as const)('%s', (_, make) => {
  test('stays within epsilon of the image and within 0..255', async () => {
    await fc.assert(
      fc.asyncProperty(pixels, epsilon, async (bytes, e) => {
        const images = tf.tensor4d(bytes, shape);
        const moved = await make(e)(images, restless).data();
        const off = bytes.map((byte, i) => Math.abs((moved[i] as number) - byte));
        // float32 rounds what is added to 255 by 1e-5.
        expect(Math.max(...off)).toBeLessThanOrEqual(255 * e + 2e-5);
        expect(Math.min(...moved)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...moved)).toBeLessThanOrEqual(255);
      }),
      { numRuns: 10 },
    );
  });

  test('returns one new tensor and keeps the images', async () => {
    const images = tf.fill(shape, 100) as tf.Tensor4D;
    const before = tf.memory().numTensors;
    const moved = make(2 / 255)(images, restless);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(moved.shape).toEqual(shape);
    await expect(images).toBeAllClose(new Array(24).fill(100));
  });
});

/** Logits `x · W` of two classes on images of 2 x 1 pixels and 2 channels. */
const weights = [0.5, 0, -0.25, 0.5, 0, 1, 0.75, -0.5];
function linear() {
  const model = sequential();
  model.add(layers.flatten({ inputShape: [2, 1, 2] }));
  model.add(layers.dense({ units: 2, useBias: false }));
  model.setWeights([tf.tensor2d(weights, [4, 2])]);
  return model;
}
const constants = { mean: [100, 120], std: [64, 32], shape: [2, 1, 2], classes: 2 } as const;

describe.each(['standard', 'bc+'] as const)('on a linear model under %s', (method) => {
  const preprocessing = new Preprocessing({ ...constants, method });
  const images = () => tf.tensor4d([100, 50, 90, 120, 200, 30, 25, 190], [2, 2, 1, 2]);
  const labels = () =>
    tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);

  /** By how much the logit of class 0 exceeds that of class 1 for each grey level of each pixel. */
  function slopes(by: PreprocessingMethod): number[] {
    const plain = [0, 1, 2, 3].map(
      (i) =>
        ((weights[2 * i] as number) - (weights[2 * i + 1] as number)) /
        (constants.std[i % 2] as number),
    );
    // An image that loses its own mean cannot be moved by moving that.
    const mean = by === 'bc+' ? plain.reduce((sum, v) => sum + v, 0) / 4 : 0;
    return plain.map((v) => v - mean);
  }

  const margin = (bytes: number[], sign: number) => {
    const own = method === 'bc+' ? bytes.reduce((sum, v) => sum + v, 0) / 4 : 0;
    return bytes.reduce(
      (sum, v, i) =>
        sum +
        (sign *
          (v - own - (constants.mean[i % 2] as number)) *
          ((weights[2 * i] as number) - (weights[2 * i + 1] as number))) /
          (constants.std[i % 2] as number),
      0,
    );
  };

  test('fgsm is the closed form: the margin falls by epsilon times the sum of the slopes', async () => {
    const by = 3;
    const model = linear();
    const slope = slopeOf({ model, loss: softmaxCrossEntropy, preprocessing }, labels());
    const moved = fgsm({ epsilon: by / 255 })(images(), slope);
    const bytes = Array.from(await images().data());
    const direction = [-1, 1].flatMap((sign) => slopes(method).map((v) => Math.sign(sign * v)));
    await expect(moved).toBeAllClose(bytes.map((v, i) => v + by * (direction[i] as number)));

    const logits = model.predict(preprocessing.apply(moved)) as tf.Tensor;
    const falls = by * slopes(method).reduce((sum, v) => sum + Math.abs(v), 0);
    const losses = [1, -1].map((sign, row) => {
      const clean = margin(bytes.slice(4 * row, 4 * row + 4), sign);
      return Math.log1p(Math.exp(-(clean - falls)));
    });
    const loss = softmaxCrossEntropy(labels(), logits, { reduction: 'none' });
    await expect(loss).toBeAllClose(losses, { rtol: 1e-4 });
    model.dispose();
  });

  test('pgd comes to the same, and no attack lowers the loss of an image', async () => {
    const model = linear();
    const slope = slopeOf({ model, loss: softmaxCrossEntropy, preprocessing }, labels());
    const options = { epsilon: 3 / 255, steps: 4, stepSize: 2 / 255 };
    const random = createRandom(2).stream('attack');
    const lossOf = (x: tf.Tensor4D) => {
      const logits = model.predict(preprocessing.apply(x)) as tf.Tensor;
      return softmaxCrossEntropy(labels(), logits, { reduction: 'none' }).data();
    };
    const best = fgsm({ epsilon: 3 / 255 })(images(), slope);
    for (const attack of [pgd(options), pgd({ ...options, random })]) {
      await expect(attack(images(), slope)).toBeAllClose(best);
    }
    // Also where pixels cannot move on: the loss of a linear model is convex.
    const edge = tf.tensor4d([255, 0, 255, 0, 0, 255, 3, 254], [2, 2, 1, 2]);
    for (const clean of [images(), edge]) {
      const [before, after] = [await lossOf(clean), await lossOf(pgd(options)(clean, slope))];
      for (const [i, loss] of after.entries()) {
        expect(loss).toBeGreaterThanOrEqual((before[i] as number) - 1e-6);
      }
    }
    model.dispose();
  });
});

describe('settings', () => {
  test('out of range are refused', () => {
    expect(() => fgsm({ epsilon: 2 })).toThrow(
      new RangeError('fgsm: epsilon must be from 0 to 1, as 2/255, got 2'),
    );
    expect(() => pgd({ epsilon: -1 })).toThrow('pgd: epsilon must be from 0 to 1');
    expect(() => pgd({ epsilon: 0.1, steps: 0 })).toThrow(
      new RangeError('pgd: steps must be a whole number from 1 up, got 0'),
    );
    expect(() => pgd({ epsilon: 0.1, stepSize: 2 })).toThrow('pgd: stepSize must be from 0 to 1');
  });

  test('are told', () => {
    expect(pgd({ epsilon: 0.2, steps: 5 }).config).toEqual({
      name: 'pgd',
      epsilon: 0.2,
      steps: 5,
      stepSize: 0.1,
      randomStart: false,
    });
    expect(fgsm({ epsilon: 0.5 }).config).toEqual({ name: 'fgsm', epsilon: 0.5 });
  });
});
