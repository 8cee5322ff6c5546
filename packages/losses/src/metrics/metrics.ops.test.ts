import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { metricReference } from '../fixtures/metricReference.js';
import type { Row } from '../fixtures/reference.js';
import { confusionMatrix } from './confusionMatrix.js';
import { expectedCalibrationError } from './expectedCalibrationError.js';
import { largerShareAgreement } from './largerShareAgreement.js';
import { Metrics } from './Metrics.js';
import { perClassAccuracy } from './perClassAccuracy.js';
import { ratioError } from './ratioError.js';
import { rowMetrics } from './rowMetrics.js';
import { topKAccuracy } from './topKAccuracy.js';

/** Few values, so that logits tie; off the edges of the 15 bins. */
const logit = fc.integer({ min: -12, max: 12 }).map((n) => n / 8);
const four = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 4, maxLength: 4 });
const oneHot = fc.nat(3).map((k) => [0, 1, 2, 3].map((i) => (i === k ? 1 : 0)));
const pair = fc
  .tuple(fc.nat(3), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 7 }))
  .map(([a, by, eighths]) => {
    const b = (a + by) % 4;
    return [0, 1, 2, 3].map((i) => (i === a ? eighths / 8 : i === b ? 1 - eighths / 8 : 0));
  });
const human = four(fc.integer({ min: 1, max: 50 }));
const label = fc.oneof(oneHot, pair, human);
const batch = fc.array(fc.record({ y: four(logit), t: label }), { minLength: 1, maxLength: 16 });
const tensors = (rows: Row[]) =>
  [tf.tensor2d(rows.map(({ t }) => t)), tf.tensor2d(rows.map(({ y }) => y))] as const;

/** Alike to five digits; nothing, null or NaN, where NaN is expected. */
function near(actual: ArrayLike<number | null | undefined>, expected: number[]): void {
  const off = Array.from(actual, (value, i) => Math.abs((value ?? Number.NaN) - num(expected, i)));
  expect(off.map((distance) => (distance < 1e-5 ? 0 : distance))).toEqual(
    expected.map((value) => (Number.isNaN(value) ? Number.NaN : 0)),
  );
}
const num = (values: number[], i: number) => values[i] as number;
/** All numbers of a result, in its order; NaN for nothing. */
const numbersOf = (value: unknown): number[] =>
  typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(numbersOf)
    : [(value as number | null) ?? Number.NaN];

const metrics = {
  topKAccuracy,
  largerShareAgreement,
  ratioError,
  expectedCalibrationError,
  confusionMatrix,
  perClassAccuracy,
  rowMetrics,
};

describe('metrics', () => {
  test('are what plain numbers and sorting give', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (rows) => {
        const [t, y] = tensors(rows);
        const expected = metricReference(rows);
        const close = { atol: 1e-5 };
        await expect(topKAccuracy(t, y)).toBeAllClose([expected.topK(1)], close);
        await expect(topKAccuracy(t, y, { k: 3 })).toBeAllClose([expected.topK(3)], close);
        await expect(confusionMatrix(t, y)).toBeAllClose(expected.confusion.flat());
        const ece = expectedCalibrationError(t, y);
        await expect(ece).toBeAllClose([expected.calibrationError], close);
        near(await perClassAccuracy(t, y).data(), expected.perClass);
        near(await largerShareAgreement(t, y).data(), [expected.agreement]);
        near(await ratioError(t, y).data(), [expected.ratioError]);
      }),
      { numRuns: 10 },
    );
  });

  test('count a model that cannot tell classes apart as right no oftener than chance', async () => {
    const t = tf.eye(4);
    const same = tf.zeros<tf.Rank.R2>([4, 4]);
    await expect(topKAccuracy(t, same)).toBeAllClose([0.25]);
    await expect(topKAccuracy(t, same, { k: 2 })).toBeAllClose([0.5]);
  });

  test('count a row with NaN as wrong', async () => {
    const t = tf.tensor2d([[1, 0, 0]]);
    for (const row of [
      [Number.NaN, 0, 0],
      [0, Number.NaN, 0],
    ]) {
      await expect(topKAccuracy(t, tf.tensor2d([row]), { k: 2 })).toBeAllClose([0]);
    }
  });

  test('count a tie of shares as right either way', async () => {
    const t = tf.tensor2d([
      [0.5, 0.5, 0],
      [0.5, 0.5, 0],
      [0.5, 0.5, 0],
    ]);
    const y = tf.tensor2d([
      [2, 1, 0],
      [1, 2, 0],
      [1, 0, 2],
    ]);
    await expect(largerShareAgreement(t, y)).toBeAllClose([2 / 3]);
    await expect(confusionMatrix(t, y)).toBeAllClose([1, 0, 1, 0, 1, 0, 0, 0, 0]);
  });

  test('find nothing wrong with a model that says exactly the ratio', async () => {
    const t = tf.tensor2d([
      [0.75, 0.25, 0],
      [0, 0.125, 0.875],
      [0.375, 0, 0.625],
    ]);
    const exact = tf.log(tf.maximum(t, 1e-30));
    await expect(ratioError(t, exact)).toBeAllClose([0]);
    await expect(expectedCalibrationError(t, exact)).toBeAllClose([0]);
    await expect(largerShareAgreement(t, exact)).toBeAllClose([1]);
  });

  test('stay finite for logits at the ends of float32', async () => {
    const t = tf.tensor2d([[0.75, 0.25, 0]]);
    const y = tf.tensor2d([[-3e38, 3e38, 0]]);
    const values = Array.from(await rowMetrics(t, y).data());
    await expect(values).toBeAllClose([0, 1, 2, 0.75e30, 1, 0.25, 2, 0.75]);
  });

  test.each(Object.entries(metrics))('%s returns one new tensor and keeps its inputs', (_, of) => {
    const [t, y] = [tf.eye(3), tf.eye(3)];
    const before = tf.memory().numTensors;
    const result = of(t, y);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([t, y, result]);
  });

  test.each(Object.entries(metrics))('%s says which shapes do not fit', (name, of) => {
    expect(() => of(tf.zeros([2, 3]), tf.zeros([2, 4]))).toThrow(
      new RangeError(
        `${name}: labels and logits must both be [B, K], got labels [2, 3] and logits [2, 4]`,
      ),
    );
  });

  test('refuse what no classes and no bins can be', () => {
    expect(() => topKAccuracy(tf.eye(3), tf.eye(3), { k: 4 })).toThrow(
      new RangeError('topKAccuracy: k must be a whole number from 1 to the 3 classes, got 4'),
    );
    expect(() => expectedCalibrationError(tf.eye(3), tf.eye(3), { bins: 0 })).toThrow(
      new RangeError('expectedCalibrationError: bins must be a whole number from 1 up, got 0'),
    );
  });
});

describe('Metrics', () => {
  test('are those of all rows at once, however these come in batches', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 16, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(batch, cuts, async (rows, sizes) => {
        const whole = new Metrics({ classes: 4 });
        whole.update(...tensors(rows));
        const parts = new Metrics({ classes: 4 });
        for (let at = 0, i = 0; at < rows.length; i++) {
          const size = sizes[i] as number;
          parts.update(...tensors(rows.slice(at, at + size)));
          at += size;
        }
        const result = await whole.result();
        // Counts are the same; of sums the last bit may not be, where a backend's exp depends on a row's place in its batch.
        near(numbersOf(await parts.result()), numbersOf(result));

        const expected = metricReference(rows);
        expect(result.count).toBe(rows.length);
        expect(result.confusion).toEqual(expected.confusion);
        expect(result.accuracy).toBe(expected.topK(1));
        expect(result.top5).toBe(1);
        expect(result.nll).toBeCloseTo(expected.nll, 4);
        expect(result.calibrationError).toBeCloseTo(expected.calibrationError, 5);
        near(result.perClass, expected.perClass);
        near([result.mixed?.agreement], [expected.agreement]);
        near([result.mixed?.ratioError], [expected.ratioError]);
      }),
      { numRuns: 10 },
    );
  });

  test('keep sums that float32 would round', async () => {
    const metrics = new Metrics({ classes: 2 });
    // 2^24 + 1 is no float32.
    const rows = (nll: number) => [0, 0, 0, nll, 0.75, 1, 1, 0];
    metrics.add([...rows(2 ** 24), ...rows(1), ...rows(1)]);
    expect((await metrics.result()).nll).toBe((2 ** 24 + 2) / 3);
  });

  test('are read in between, go on, and begin anew', async () => {
    const metrics = new Metrics({ classes: 2 });
    const right = tf.tensor2d([[1, 0]]);
    const wrong = tf.tensor2d([[0, 1]]);
    const before = tf.memory().numTensors;
    metrics.update(right, right);
    expect((await metrics.result()).accuracy).toBe(1);
    metrics.update(right, wrong);
    const { accuracy, perClass, mixed } = await metrics.result();
    expect([accuracy, perClass, mixed]).toEqual([0.5, [0.5, null], null]);
    expect(tf.memory().numTensors).toBe(before);
    metrics.update(right, right);
    metrics.reset();
    expect(tf.memory().numTensors).toBe(before);
    await expect(metrics.result()).rejects.toThrow(
      new RangeError('Metrics.result: there are no rows yet; update first'),
    );
  });

  test('outlive the tidy that a batch is computed in', async () => {
    const metrics = new Metrics({ classes: 3 });
    tf.tidy(() => metrics.update(tf.eye(3), tf.eye(3)));
    expect((await metrics.result()).accuracy).toBe(1);
  });

  test('say what calibration is made of', async () => {
    const metrics = new Metrics({ classes: 2, bins: 4 });
    const said = tf.log(
      tf.tensor2d([
        [0.9, 0.1],
        [0.2, 0.8],
        [0.6, 0.4],
      ]),
    );
    metrics.update(
      tf.tensor2d([
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
      said,
    );
    const { calibration, calibrationError } = await metrics.result();
    expect(calibration.map(({ count }) => count)).toEqual([0, 0, 1, 2]);
    expect(calibration[0]).toEqual({ count: 0, confidence: null, accuracy: null });
    expect(calibration[3]?.confidence).toBeCloseTo(0.85, 6);
    expect(calibration[3]?.accuracy).toBe(0.5);
    expect(calibrationError).toBeCloseTo((0.4 + 0.7) / 3, 6);
  });

  test('refuse what does not fit', () => {
    const metrics = new Metrics({ classes: 3 });
    expect(() => metrics.update(tf.eye(4), tf.eye(4))).toThrow(
      new RangeError('Metrics.update: labels must be [B, 3], got [4, 4]'),
    );
    expect(() => metrics.add([1, 2, 3])).toThrow(
      new RangeError('Metrics.add: rows must hold 8 numbers each, got 3 numbers'),
    );
    expect(() => new Metrics({ classes: 0 })).toThrow(
      new RangeError('Metrics: classes must be a whole number from 1 up, got 0'),
    );
    expect(() => new Metrics({ classes: 2, bins: 1.5 })).toThrow(
      new RangeError('Metrics: bins must be a whole number from 1 up, got 1.5'),
    );
  });
});
