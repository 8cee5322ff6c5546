import * as tf from '@tensorflow/tfjs-core';
import { bc } from './bc.js';
import { bcPlus } from './bcPlus.js';
import { betweenClass } from './betweenClass.js';
import {
  batchOfOne,
  type Constants,
  golden,
  type Pair,
  type Pipeline,
  type RawImage,
} from './fixtures/golden.js';
import { mixLabels } from './mixLabels.js';
import { asRows, balanced, centred, spread } from './waves.js';

/** Relative to max(1, |expected|), as the numbers' authors suggest for float32. */
const close = { rtol: 1e-5, atol: 1e-5 };
/** For sums over an image. */
const closeSum = { rtol: 1e-4, atol: 1e-4 };

const rules = {
  bc: {},
  a: { zeroMean: true },
  ab: { zeroMean: true, keepEnergy: true },
  bcPlus: { zeroMean: true, keepEnergy: true, balance: true },
  bcPlusReleased: { keepEnergy: true, balance: true },
} as const;

describe('p', () => {
  test.each(golden.pScalars)(
    'is $p for σ1 $std1, σ2 $std2, r $r',
    async ({ std1, std2, r, p, norm }) => {
      const column = (value: number) => tf.tensor2d([[value]]);
      const [pOut, qOut] = balanced(column(r), column(std1), column(std2));
      await expect(pOut).toBeAllClose([p], { rtol: 1e-5, atol: 1e-12 });
      await expect(qOut).toBeAllClose([1 - p], close);
      await expect(tf.sqrt(tf.add(tf.square(pOut), tf.square(qOut)))).toBeAllClose([norm], close);
    },
  );
});

describe('pairs', () => {
  test.each(golden.pairs)('$id', async ({ shape, x1, x2, r, out, std1, std2, ...pair }) => {
    const [a, b] = [batchOfOne(x1, shape), batchOfOne(x2, shape)];
    for (const [rule, options] of Object.entries(rules)) {
      const mixed = betweenClass(a, b, r, options);
      expect(mixed.shape).toEqual([1, ...shape]);
      await expect(mixed).toBeAllClose(out[rule as keyof typeof out], close);
    }
    await expect(bc(a, b, [r])).toBeAllClose(out.bc, close);
    await expect(bcPlus(a, b, tf.tensor1d([r]))).toBeAllClose(out.bcPlus, close);

    const [s1, s2] = [spread(centred(asRows(a))), spread(centred(asRows(b)))];
    await expect(s1).toBeAllClose([std1], close);
    await expect(s2).toBeAllClose([std2], close);
    if (std1 === 0) expect((await s1.data())[0]).toBe(0);
    if (std2 === 0) expect((await s2.data())[0]).toBe(0);

    const row = (k: number) => tf.oneHot([k], pair.nClasses);
    await expect(mixLabels(row(pair.class1), row(pair.class2), r)).toBeAllClose(pair.label, close);
  });

  test.each(Object.keys(rules) as (keyof typeof rules)[])(
    '%s mixes all of one shape in one batch',
    async (rule) => {
      const same = mostOf(golden.pairs);
      const stack = (key: 'x1' | 'x2') =>
        tf.concat(same.map((pair) => batchOfOne(pair[key], pair.shape)));
      const mixed = betweenClass(
        stack('x1'),
        stack('x2'),
        same.map(({ r }) => r),
        rules[rule],
      );
      await expect(mixed).toBeAllClose(
        same.flatMap(({ out }) => out[rule]),
        close,
      );
    },
  );
});

describe('pipelines', () => {
  test.each(golden.pipelines)('$id', async (pipeline) => {
    for (const method of ['bc', 'bcPlus'] as const) {
      const { pre1, pre2, mixed, std1, std2 } = pipeline.result[method];
      const [x1, x2] = preprocessed(pipeline, method);
      await expect(x1).toBeAllClose(pre1, close);
      await expect(x2).toBeAllClose(pre2, close);
      await expect(spread(centred(asRows(x1)))).toBeAllClose([std1], close);
      await expect(spread(centred(asRows(x2)))).toBeAllClose([std2], close);
      await expect(mix(x1, x2, pipeline.r, method)).toBeAllClose(mixed, close);
    }
  });
});

describe('full', () => {
  test.each(golden.full)('$id', async (pipeline) => {
    for (const method of ['bc', 'bcPlus'] as const) {
      const [x1, x2] = preprocessed(pipeline, method);
      const values = Array.from(await mix(x1, x2, pipeline.r, method).data());
      const { count, sum, sumSquares, min, max, every97th } = pipeline.result[method].mixed;
      expect(values.length).toBe(count);
      await expect([
        values.reduce((total, v) => total + v, 0),
        values.reduce((total, v) => total + v * v, 0),
      ]).toBeAllClose([sum, sumSquares], closeSum);
      await expect([Math.min(...values), Math.max(...values)]).toBeAllClose([min, max], close);
      await expect(values.filter((_, i) => i % 97 === 0)).toBeAllClose(every97th, close);
    }
  });
});

/** The pairs of the shape that most of them have. */
function mostOf(pairs: readonly Pair[]): Pair[] {
  const ofShape = (shape: number[]) => pairs.filter((pair) => String(pair.shape) === String(shape));
  return pairs
    .map(({ shape }) => ofShape(shape))
    .reduce((most, some) => (some.length > most.length ? some : most));
}

/** The released code mixes without taking the mean again: normalising has done so. */
function mix(x1: tf.Tensor, x2: tf.Tensor, r: number, method: 'bc' | 'bcPlus'): tf.Tensor {
  return betweenClass(x1, x2, r, method === 'bc' ? rules.bc : rules.bcPlusReleased);
}

/** Both images as the authors prepare them for training, `[1, …shape]`. */
function preprocessed<Result>(
  { images, shape, pad, dataset }: Pipeline<Result>,
  method: 'bc' | 'bcPlus',
): [tf.Tensor, tf.Tensor] {
  const constants = golden.constants[dataset]?.[method] as Constants;
  const [first, second] = images.map((image) =>
    batchOfOne(prepare(image, shape, pad, constants, method === 'bcPlus'), shape),
  );
  return [first as tf.Tensor, second as tf.Tensor];
}

/** Normalise, flip, pad with zeros, crop: written with plain numbers, one output pixel at a time. */
function prepare(
  { raw, flip, top, left }: RawImage,
  shape: readonly number[],
  pad: number,
  { mean, std }: Constants,
  ownMean: boolean,
): number[] {
  const [height = 0, width = 0, channels = 0] = shape;
  const m = ownMean ? raw.reduce((sum, v) => sum + v, 0) / raw.length : 0;
  return Array.from({ length: raw.length }, (_, i) => {
    const c = i % channels;
    const x = (Math.floor(i / channels) % width) + left - pad;
    const y = Math.floor(i / channels / width) + top - pad;
    if (x < 0 || x >= width || y < 0 || y >= height) return 0;
    const at = (y * width + (flip ? width - 1 - x : x)) * channels + c;
    return ((raw[at] as number) - m - (mean[c] as number)) / (std[c] as number);
  });
}
