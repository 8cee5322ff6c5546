import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's ops
import * as fc from 'fast-check';
import { bc } from './bc.js';
import { bcPlus } from './bcPlus.js';
import { type BetweenClassOptions, betweenClass } from './betweenClass.js';
import { reference } from './fixtures/reference.js';
import type { Ratio } from './ratio.js';

type Mix = (x1: tf.Tensor, x2: tf.Tensor, ratio: Ratio) => tf.Tensor;

const on = { zeroMean: true, keepEnergy: true, balance: true };

/** All settings there are, and the functions that stand for two of them. */
const rules: { name: string; mix: Mix; options: BetweenClassOptions }[] = [
  { name: 'bc', mix: bc, options: {} },
  { name: 'bcPlus', mix: bcPlus, options: on },
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const options = {
      zeroMean: (bits & 1) > 0,
      keepEnergy: (bits & 2) > 0,
      balance: (bits & 4) > 0,
    };
    const letters = ['a', 'b', 'c'].filter((_, i) => bits & (1 << i)).join('+') || 'nothing';
    const mix: Mix = (x1, x2, ratio) => betweenClass(x1, x2, ratio, options);
    return { name: `betweenClass with ${letters}`, mix, options };
  }),
];

/** Three images [2, 2, 2] of small integers: plain, with other strength and mean, nearly flat. */
const first = [
  [1, -2, 3, 0, 4, -4, 2, 1],
  [8, 0, -8, 16, 0, 0, 8, -8],
  [5, 5, 5, 5, 5, 5, 5, 6],
];
const second = [
  [0, 1, 0, -1, 2, 0, -2, 1],
  [3, 1, 2, 2, 0, 4, 1, 3],
  [-7, 9, 2, 4, 4, 0, -1, 1],
];
const shares = [0.25, 0.5, 0.875];
const batch = (images: number[][]) => tf.tensor(images.flat(), [images.length, 2, 2, 2]);

const settings = { numRuns: 10 };
/** Eight small integers: float32 holds their sums of squares exactly. */
const image = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 8, maxLength: 8 });
const share = fc.integer({ min: 0, max: 16 }).map((n) => n / 16);
const pairs = fc.array(fc.record({ x1: image, x2: image, r: share }), {
  minLength: 1,
  maxLength: 16,
});
type Pairs = { x1: number[]; x2: number[]; r: number }[];
const tensors = (drawn: Pairs, scale = 1, lift1 = 0, lift2 = 0) => ({
  x1: batch(drawn.map(({ x1 }) => x1.map((v) => scale * v + lift1))),
  x2: batch(drawn.map(({ x2 }) => x2.map((v) => scale * v + lift2))),
  r: drawn.map(({ r }) => r),
});

describe.each(rules)('$name', ({ mix, options }) => {
  test('mixes each pair of a batch by the formula', async () => {
    const expected = first.flatMap((x1, i) =>
      reference(x1, second[i] as number[], shares[i] as number, options),
    );
    await expect(mix(batch(first), batch(second), shares)).toBeAllClose(expected);
  });

  test('follows the formula for any images, flat ones and the ends of the ratio included', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (drawn) => {
        const { x1, x2, r } = tensors(drawn);
        await expect(mix(x1, x2, r)).toBeAllClose(
          drawn.flatMap((pair) => reference(pair.x1, pair.x2, pair.r, options)),
          { atol: 1e-5 },
        );
      }),
      settings,
    );
  });

  test('is the same mix when the images and the share are swapped', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (drawn) => {
        const { x1, x2, r } = tensors(drawn);
        const rest = r.map((share) => 1 - share);
        await expect(mix(x1, x2, r)).toBeAllClose(mix(x2, x1, rest), { atol: 1e-5 });
      }),
      settings,
    );
  });

  test('mixes each example by itself: a batch gives what its parts give', async () => {
    const parts = first.map((x1, i) =>
      mix(batch([x1]), batch([second[i] as number[]]), [shares[i] as number]),
    );
    await expect(mix(batch(first), batch(second), shares)).toBeAllClose(tf.concat(parts), {
      rtol: 1e-6,
    });
  });

  test('takes the ratio as number, array, typed array and tensor alike', async () => {
    const [x1, x2] = [batch(first), batch(second)];
    const expected = await mix(x1, x2, 0.25).data();
    const each = [0.25, 0.25, 0.25];
    for (const ratio of [
      each,
      Float32Array.from(each),
      Float64Array.from(each),
      tf.tensor1d(each),
    ]) {
      await expect(mix(x1, x2, ratio)).toBeAllClose(expected, { rtol: 0, atol: 0 });
    }
  });

  test.each([[[2, 12]], [[2, 4, 3]], [[2, 2, 2, 3]], [[2, 1, 2, 2, 3]], [[2, 1, 2, 2, 1, 3]]])(
    'works on shape %j',
    async (shape) => {
      const x1 = [...first.flat()];
      const x2 = [...second.flat()];
      const mixed = mix(tf.tensor(x1, shape), tf.tensor(x2, shape), [0.25, 0.75]);
      expect(mixed.shape).toEqual(shape);
      await expect(mixed).toBeAllClose([
        ...reference(x1.slice(0, 12), x2.slice(0, 12), 0.25, options),
        ...reference(x1.slice(12), x2.slice(12), 0.75, options),
      ]);
    },
  );

  test('mixes pixels of integers into float32', async () => {
    const pixels = [0, 255, 128, 64, 32, 16, 8, 4];
    const others = [9, 9, 8, 8, 7, 7, 6, 0];
    const ints = (values: number[]) => tf.tensor(values, [1, 2, 2, 2], 'int32');
    const mixed = mix(ints(pixels), ints(others), 0.25);
    expect(mixed.dtype).toBe('float32');
    await expect(mixed).toBeAllClose(reference(pixels, others, 0.25, options));
  });

  test('returns one new tensor and keeps its inputs', async () => {
    const [x1, x2] = [batch(first), batch(second)];
    const ratio = tf.tensor1d(shares);
    const before = tf.memory().numTensors;
    mix(x1, x2, ratio);
    mix(x1, x2, shares);
    mix(x1, x2, 0);
    expect(tf.memory().numTensors).toBe(before + 3);
    await expect(x1).toBeAllClose(first.flat());
    await expect(x2).toBeAllClose(second.flat());
    await expect(ratio).toBeAllClose(shares);
  });

  test('hands the derivative of the formula to both images and the ratio', async () => {
    const weights = [1, -2, 3, 1, -1, 2, 0, 1];
    const value = (x1: number[], x2: number[], r: number) =>
      reference(x1, x2, r, options).reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
    const along = (f: (h: number) => number) => (f(1e-6) - f(-1e-6)) / 2e-6;
    const moved = (x: number[], at: number, h: number) => x.map((v, i) => (i === at ? v + h : v));
    const grads = tf.grads((x1, x2, r) =>
      tf.sum<tf.Scalar>(
        tf.mul(
          mix(x1 as tf.Tensor, x2 as tf.Tensor, r as tf.Tensor1D),
          tf.reshape(weights, [1, 2, 2, 2]),
        ),
      ),
    );
    const [x1, x2] = [first[0] as number[], second[1] as number[]];
    const [d1, d2, dr] = grads([batch([x1]), batch([x2]), tf.tensor1d([0.375])]);
    const near = { rtol: 1e-4, atol: 1e-4 };
    await expect(d1 as tf.Tensor).toBeAllClose(
      x1.map((_, i) => along((h) => value(moved(x1, i, h), x2, 0.375))),
      near,
    );
    await expect(d2 as tf.Tensor).toBeAllClose(
      x2.map((_, i) => along((h) => value(x1, moved(x2, i, h), 0.375))),
      near,
    );
    await expect(dr as tf.Tensor).toBeAllClose([along((h) => value(x1, x2, 0.375 + h))], near);
  });

  test('keeps the gradient finite for flat images and the ends of the ratio', async () => {
    const flat = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    const plain = first[0] as number[];
    const grads = tf.grads((x1, x2, r) =>
      tf.sum<tf.Scalar>(tf.square(mix(x1 as tf.Tensor, x2 as tf.Tensor, r as tf.Tensor1D))),
    );
    const x1 = batch([flat, flat, flat, plain, plain, plain, flat, plain]);
    const x2 = batch([plain, plain, plain, flat, flat, flat, flat, plain]);
    const all = grads([x1, x2, tf.tensor1d([0, 0.5, 1, 0, 0.5, 1, 0.5, 1])]);
    for (const gradient of all) {
      expect((await gradient.data()).every(Number.isFinite)).toBe(true);
    }
  });

  test('says which shapes do not fit', () => {
    const x1 = tf.zeros([2, 4, 4, 3]);
    const name = mix === bc ? 'bc' : mix === bcPlus ? 'bcPlus' : 'betweenClass';
    expect(() => mix(x1, tf.zeros([2, 4, 4, 1]), 0.5)).toThrow(
      new RangeError(
        `${name}: x1 and x2 must have one shape, got x1 [2, 4, 4, 3] and x2 [2, 4, 4, 1]`,
      ),
    );
    expect(() => mix(tf.zeros([4]), tf.zeros([4]), 0.5)).toThrow(
      new RangeError(
        `${name}: x1 and x2 must be batches, [B, …], got [4]; add the batch axis with tf.expandDims`,
      ),
    );
    expect(() => mix(x1, x1, [0.5])).toThrow(
      new RangeError(`${name}: ratio must be one number or 2, one for each example, got 1`),
    );
    for (const shape of [[2, 1], [3]]) {
      expect(() => mix(x1, x1, tf.zeros(shape as [number]))).toThrow(
        new RangeError(
          `${name}: ratio must be one number or [2], one for each example, got [${shape.join(', ')}]`,
        ),
      );
    }
    for (const wrong of [-0.1, 1.5, Number.NaN]) {
      for (const ratio of [wrong, [0, wrong]]) {
        expect(() => mix(x1, x1, ratio)).toThrow(
          new RangeError(`${name}: ratio must lie in 0..1, got ${wrong}`),
        );
      }
    }
  });
});

describe('bcPlus', () => {
  test('gives exact zeros for flat images, though their mean is not exact in float32', async () => {
    const flat = (...values: number[]) =>
      tf.concat(values.map((value) => tf.fill([1, 7, 7, 3], value)));
    const mixed = await bcPlus(flat(0, 0.1, 3.7), flat(0, -2.1259, 5.3), 0.3).data();
    expect(mixed.every((v) => v === 0)).toBe(true);
  });

  test('keeps its digits on a large mean', async () => {
    const [x1, x2] = [first[0] as number[], second[0] as number[]];
    const lifted = bcPlus(batch([x1.map((v) => v + 4096)]), batch([x2.map((v) => v - 8192)]), 0.25);
    await expect(lifted).toBeAllClose(reference(x1, x2, 0.25, on));
  });

  test('does not lose the weaker image where one is a million times stronger', async () => {
    const [x1, x2] = [first[0] as number[], second[0] as number[]];
    const strong = x2.map((v) => v * 2 ** 20);
    await expect(bcPlus(batch([x1]), batch([strong]), 0.5)).toBeAllClose(
      reference(x1, strong, 0.5, on),
    );
  });

  test('gets twice as strong as its images do, however bright they are', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (drawn) => {
        const { x1, x2, r } = tensors(drawn);
        const louder = tensors(drawn, 2, 3, -5);
        await expect(bcPlus(louder.x1, louder.x2, r)).toBeAllClose(tf.mul(bcPlus(x1, x2, r), 2), {
          atol: 1e-5,
        });
      }),
      settings,
    );
  });
});
