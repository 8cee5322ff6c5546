import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { error, normals, run, same, values } from '../testing/kernels.js';
import { type KernelBuild, type KernelExports, kernelBuild, loadKernels } from './kernelModule.js';
import { registerWasmKernels } from './registerWasmKernels.js';

/** Jest looks globals up slowly. */
const { abs, exp, fround, log, max, sqrt } = Math;

interface Rows {
  rows: number;
  classes: number;
  /** t and y, `[rows, classes]`. */
  labels: Float32Array;
  logits: Float32Array;
}

interface Result {
  loss: ArrayLike<number>;
  gradient: ArrayLike<number>;
}

const FLT_MAX = 3.4028234663852886e38;
const SMALLEST_NORMAL = 2 ** -126;
const both = [true, false];

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe.each<KernelBuild>(['relaxed', 'simd'])('softmaxLoss, %s', (build) => {
  const memory = new WebAssembly.Memory({ initial: 4 });
  let kernels: KernelExports;

  beforeAll(async () => {
    await kernelBuild(); // allows relaxed SIMD
    kernels = await loadKernels(memory, build, false);
  });

  /** The kernel over memory that is NaN but for the operands; what it writes elsewhere throws. */
  function compute({ rows, classes, labels, logits }: Rows, entropy: boolean): Result {
    const heap = new Float32Array(memory.buffer).fill(Number.NaN);
    const fence = 16;
    const t = fence;
    const y = t + labels.length + fence;
    const loss = y + logits.length + fence;
    const gradient = loss + rows + fence;
    const end = gradient + labels.length + fence;
    heap.set(labels, t);
    heap.set(logits, y);
    const before = heap.slice();
    const bytes = [t, y, loss, gradient].map((place) => 4 * place) as [
      number,
      number,
      number,
      number,
    ];
    kernels.softmaxLoss(...bytes, rows, classes, entropy ? 1 : 0);
    const result = {
      loss: heap.slice(loss, loss + rows),
      gradient: heap.slice(gradient, gradient + labels.length),
    };
    heap.fill(Number.NaN, loss, loss + rows).fill(Number.NaN, gradient, gradient + labels.length);
    expect(same(heap.subarray(0, end), before.subarray(0, end))).toBe(true);
    return result;
  }

  test('is the formula in float64, for any number of rows and classes', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 0, max: 5 }),
      classes: fc.integer({ min: 1, max: 70 }),
      scale: fc.constantFrom(0, 0.1, 1, 10, 100),
      shift: fc.constantFrom(0, -3, 64),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(shape, fc.boolean(), ({ rows, classes, scale, shift, seed }, entropy) => {
        const count = rows * classes;
        const logits = normals(count, seed, shift, scale);
        // Half of them zeros, and rows that do not sum to 1.
        const labels = values(count, seed + 1).map((value) => max(0, value));
        const given = { rows, classes, labels, logits };
        const [got, expected] = [compute(given, entropy), reference(given, entropy)];
        for (let row = 0; row < rows; row++) {
          const size = labels
            .subarray(row * classes, (row + 1) * classes)
            .reduce((sum, t) => sum + t, 1);
          const far = 1 + log(classes) + max(...logits.map((y) => abs(y - (logits[0] as number))));
          expect(
            abs((got.loss[row] as number) - (expected.loss[row] as number)) / (size * far),
          ).toBeLessThan(3e-7);
        }
        expect(error(got.gradient, expected.gradient, max(1, classes / 4))).toBeLessThan(1e-6);
      }),
      { numRuns: 400 },
    );
  });

  test('has every probability to seven digits, down to the smallest', () => {
    const errors = Array.from({ length: 3001 }, (_, i) => {
      const less = fround((i / 3000) * 86.9);
      const { gradient } = compute(row([1, 0], [0, -less]), false);
      return (gradient[1] as number) * (1 + exp(less)) - 1;
    });
    expectRounded(errors);
    expect(compute(row([1, 0], [0, -88]), false).gradient[1]).toBe(0);
  });

  test('has t log t to seven digits, and 0 where t is no normal number', () => {
    const everywhere = Array.from({ length: 226 * 24 + 1 }, (_, i) => 2 ** (i / 24 - 126));
    const aroundOne = Array.from({ length: 1000 }, (_, i) => 0.6 + i / 1000);
    for (const targets of [everywhere, aroundOne]) {
      const errors = targets.map(fround).map((t) => {
        const loss = compute(row([t], [3]), true).loss[0] as number;
        return t === 1 ? loss : loss / (t * log(t)) - 1;
      });
      expectRounded(errors);
    }
    for (const t of [0, 1e-45, fround(SMALLEST_NORMAL * 0.99)]) {
      expect(compute(row([t], [3]), true).loss[0]).toBe(0);
    }
    expect(compute(row([1], [3]), true).loss[0]).toBe(0);
    expect(compute(row([0.5, 0, 0, 0, 0.5], [1, 1, 1, 1, 1]), true).loss[0]).toBeCloseTo(
      log(2.5),
      6,
    );
  });

  test('takes labels below 0 as they are', () => {
    for (const labels of [
      [-0.5, 1, 0.25, 0],
      [0, 0, -2, 3, -1],
    ]) {
      const given = row(labels, [1, 0, 2, -1, 0.5].slice(0, labels.length));
      const [got, expected] = [compute(given, true), reference(given, true)];
      expect(error(got.loss, expected.loss, 1)).toBeLessThan(1e-6);
      expect(error(got.gradient, expected.gradient, 1)).toBeLessThan(1e-6);
    }
  });

  test.each(both)('is finite for all finite logits, entropy %s', (entropy) => {
    const ends = [FLT_MAX, -FLT_MAX, 1e30, -1e30, 1e4, -1e4, 1e-45, 0];
    const targets = [
      [0, 1, 0, 0, 0],
      [0.5, 0, 0, 0, 0.5],
      [0, 0, 0, 0, 0],
      [1e-45, 1, 1, 0, 3],
    ];
    for (const a of ends) {
      for (const b of ends) {
        for (const t of targets) {
          const { loss, gradient } = compute(row(t, [a, b, 0, b, a]), entropy);
          const all = [...Array.from(loss), ...Array.from(gradient)];
          expect(all.every(Number.isFinite)).toBe(true);
        }
      }
    }
    const { loss } = compute(row([0, 1], [FLT_MAX, -FLT_MAX]), entropy);
    expect((loss[0] as number) / 1e30).toBeCloseTo(1, 6);
    const near = compute(row([0, 1], [5e29, -4e29]), entropy);
    expect((near.loss[0] as number) / 9e29).toBeCloseTo(1, 6);
  });

  test.each(both)('is NaN in rows with a NaN, and in no other, entropy %s', (entropy) => {
    for (let at = 0; at < 7; at++) {
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const logits = new Float32Array(21).map((_, i) => (i === 7 + at ? odd : i % 5));
        const labels = new Float32Array(21).map((_, i) => (i % 7 === 3 ? 1 : 0));
        const { loss, gradient } = compute({ rows: 3, classes: 7, labels, logits }, entropy);
        expect(Array.from(loss, Number.isNaN)).toEqual([false, true, false]);
        const wrong = Array.from(gradient).map((_, i) => Number.isNaN(gradient[i]));
        expect(wrong).toEqual(Array.from(gradient, (_, i) => i >= 7 && i < 14));
      }
    }
    const spoilt = compute(row([Number.NaN, 0], [1, 2]), entropy);
    expect(Number.isNaN(spoilt.loss[0])).toBe(true);
  });

  test.each(both)('has the slopes that small steps find, entropy %s', (entropy) => {
    const given: Rows = {
      rows: 2,
      classes: 6,
      labels: values(12, 5).map(abs),
      logits: normals(12, 6),
    };
    const { gradient } = compute(given, entropy);
    const step = 2 ** -6;
    given.logits.forEach((y, i) => {
      const [above = 0, below = 0] = [step, -step].map((by) => {
        const logits = Float32Array.from(given.logits).fill(y + by, i, i + 1);
        return compute({ ...given, logits }, entropy).loss[Math.floor(i / 6)] as number;
      });
      expect(gradient[i]).toBeCloseTo((above - below) / (2 * step), 3);
    });
  });
});

describe('BclSoftmaxLoss', () => {
  test.each([
    [3, 10],
    [1, 1],
    [5, 4],
    [0, 10],
    [2, 101],
  ])('gives losses and gradient, writes all of both and nothing else: %i × %i', (rows, classes) => {
    const count = rows * classes;
    const given: Rows = {
      rows,
      classes,
      labels: values(count, 1).map((value) => max(0, value)),
      logits: normals(count, 2),
    };
    const labels = tf.tensor2d(given.labels, [rows, classes]);
    const logits = tf.tensor2d(given.logits, [rows, classes]);
    for (const entropy of both) {
      const before = tf.memory();
      const results = run('BclSoftmaxLoss', { labels, logits }, { entropy });
      expect(tf.memory().numTensors).toBe(before.numTensors + 2);
      const [loss, gradient] = results as [tf.Tensor, tf.Tensor];
      expect([loss.shape, gradient.shape]).toEqual([[rows], [rows, classes]]);
      const expected = reference(given, entropy);
      expect(error(loss.dataSync(), expected.loss, max(1, classes))).toBeLessThan(1e-6);
      expect(error(gradient.dataSync(), expected.gradient, max(1, classes))).toBeLessThan(1e-6);
      tf.dispose(results);
      expect(tf.memory()).toEqual(before);
    }
    expect(same(labels.dataSync<'float32'>(), given.labels)).toBe(true);
    expect(same(logits.dataSync<'float32'>(), given.logits)).toBe(true);
  });

  test('is switched off by its name, and on again', async () => {
    await registerWasmKernels({ off: ['BclSoftmaxLoss'] });
    expect(tf.getKernel('BclSoftmaxLoss', 'wasm')).toBeUndefined();
    await registerWasmKernels({ off: [] });
    expect(tf.getKernel('BclSoftmaxLoss', 'wasm')).toBeDefined();
  });
});

/** That shares of a result are off by little more than rounding to float32, which is 6e-8 at most and 2.5e-8 on average. */
function expectRounded(errors: number[]): void {
  const square = errors.reduce((sum, value) => sum + value ** 2, 0) / errors.length;
  expect(max(...errors.map(abs))).toBeLessThan(1.8e-7);
  expect(sqrt(square)).toBeLessThan(4e-8);
}

function row(labels: number[], logits: number[]): Rows {
  const [t, y] = [labels, logits].map((numbers) => new Float32Array(numbers));
  return { rows: 1, classes: labels.length, labels: t as Float32Array, logits: y as Float32Array };
}

/** Both results in float64, straight from their definitions. */
function reference({ rows, classes, labels, logits }: Rows, entropy: boolean): Result {
  const loss = new Float64Array(rows);
  const gradient = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const [t, y] = [labels, logits].map((x) =>
      Array.from(x.subarray(row * classes, (row + 1) * classes)),
    ) as [number[], number[]];
    const top = max(...y);
    const logSum = log(y.reduce((sum, value) => sum + exp(value - top), 0));
    const targets = t.reduce((sum, value) => sum + value, 0);
    t.forEach((value, k) => {
      const logP = (y[k] as number) - top - logSum;
      const logT = entropy && value >= SMALLEST_NORMAL ? log(value) : 0;
      loss[row] = (loss[row] as number) + value * (logT - logP);
      gradient[row * classes + k] = exp(logP) * targets - value;
    });
  }
  return { loss, gradient };
}
