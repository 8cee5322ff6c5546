import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { type LabelRule, mixLabels } from './mixLabels.js';

const y1 = () =>
  tf.tensor2d([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0.5, 0.25, 0.25],
  ]);
const y2 = () =>
  tf.tensor2d([
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 1],
    [0, 1, 0],
  ]);
const r = [0.25, 0.5, 0.75, 0.625];

describe('mixLabels', () => {
  test.each<[LabelRule, number[]]>([
    ['ratio', [0.25, 0.75, 0, 0, 0.5, 0.5, 0, 0, 1, 0.3125, 0.53125, 0.15625]],
    // A half is not more than a half.
    ['single', [0, 1, 0, 0, 0, 1, 0, 0, 1, 0.5, 0.25, 0.25]],
    // A class that meets itself is there once.
    ['multi', [1, 1, 0, 0, 1, 1, 0, 0, 1, 0.5, 1, 0.25]],
  ])('mixes by the rule %s', async (rule, expected) => {
    await expect(mixLabels(y1(), y2(), r, { rule })).toBeAllClose(expected);
    await expect(mixLabels(y1(), y2(), tf.tensor1d(r), { rule })).toBeAllClose(expected);
  });

  test('mixes by ratio unless told', async () => {
    await expect(mixLabels(y1(), y2(), r)).toBeAllClose(
      mixLabels(y1(), y2(), r, { rule: 'ratio' }),
    );
  });

  test('gives the labels themselves at the ends of the ratio', async () => {
    const exact = { rtol: 0, atol: 0 };
    for (const rule of ['ratio', 'single'] as const) {
      await expect(mixLabels(y1(), y2(), 1, { rule })).toBeAllClose(y1(), exact);
      await expect(mixLabels(y1(), y2(), 0, { rule })).toBeAllClose(y2(), exact);
    }
  });

  test('keeps the sum of each row', async () => {
    const row = fc
      .array(fc.nat(8), { minLength: 3, maxLength: 3 })
      .filter((counts) => counts.some((n) => n > 0))
      .map((counts) => counts.map((n) => n / counts.reduce((sum, m) => sum + m, 0)));
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(row, row, share, async (a, b, ratio) => {
        for (const rule of ['ratio', 'single'] as const) {
          const mixed = mixLabels(tf.tensor2d([a]), tf.tensor2d([b]), ratio, { rule });
          await expect(tf.sum(mixed, 1)).toBeAllClose([1]);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('mixes integer rows into float32', async () => {
    const ints = (rows: number[][]) => tf.tensor2d(rows, undefined, 'int32');
    for (const rule of ['ratio', 'single', 'multi'] as const) {
      expect(mixLabels(ints([[1, 0]]), ints([[0, 1]]), 0.75, { rule }).dtype).toBe('float32');
    }
    await expect(mixLabels(ints([[1, 0]]), ints([[0, 1]]), 0.75)).toBeAllClose([0.75, 0.25]);
  });

  test.each<LabelRule>(['ratio', 'single', 'multi'])(
    'returns one new tensor and keeps its inputs, rule %s',
    async (rule) => {
      const [a, b] = [y1(), y2()];
      const before = tf.memory().numTensors;
      mixLabels(a, b, r, { rule });
      expect(tf.memory().numTensors).toBe(before + 1);
      await expect(a).toBeAllClose(y1());
      await expect(b).toBeAllClose(y2());
    },
  );

  test('says what does not fit', () => {
    expect(() => mixLabels(y1(), tf.zeros([4, 2]), r)).toThrow(
      new RangeError('mixLabels: y1 and y2 must have one shape, got y1 [4, 3] and y2 [4, 2]'),
    );
    expect(() => mixLabels(y1(), y2(), [1])).toThrow(
      new RangeError('mixLabels: ratio must be one number or 4, one for each example, got 1'),
    );
    expect(() => mixLabels(y1(), y2(), r, { rule: 'both' as 'multi' })).toThrow(
      new RangeError("mixLabels: rule must be 'ratio', 'single' or 'multi', got 'both'"),
    );
  });
});
