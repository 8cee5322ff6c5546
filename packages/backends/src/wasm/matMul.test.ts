import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, run, values } from '../testing/kernels.js';
import { multiply, size } from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

/** Largest error as a share of the largest sum of absolute products. */
const TOLERANCE = 2e-6;

const transpositions: [boolean, boolean][] = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
];

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe.each(transpositions)(
  'tf.matMul, transposeA %s, transposeB %s',
  (transposeA, transposeB) => {
    test('agrees with float64 loops for any sizes', () => {
      const length = fc.integer({ min: 1, max: 40 });
      fc.assert(
        fc.property(length, length, length, fc.integer(), (rows, depth, columns, seed) => {
          expectNaive([rows, depth, columns], transposeA, transposeB, seed);
        }),
        { numRuns: 60 },
      );
    });

    test.each<[string, [number, number, number]]>([
      ['a number', [1, 1, 1]],
      ['row by column', [1, 500, 1]],
      ['column by row', [33, 1, 31]],
      ['multiples of six, four and eight', [12, 16, 24]],
      ['one more than these', [13, 17, 25]],
      ['one less than these', [11, 15, 23]],
      ['many of each', [130, 301, 77]],
    ])('agrees with float64 loops: %s', (_, sizes) => {
      expectNaive(sizes, transposeA, transposeB, 1);
    });

    test('of no depth is zeros, of no rows or columns is empty', () => {
      for (const sizes of [
        [3, 0, 5],
        [0, 4, 5],
        [3, 4, 0],
      ] as [number, number, number][]) {
        expectNaive(sizes, transposeA, transposeB, 1);
      }
    });

    test('broadcasts batch dimensions', () => {
      for (const [aBatch, bBatch, outer] of [
        [[2], [2], [2]],
        [[3], [1], [3]],
        [[1], [3], [3]],
        [[2, 3], [3], [2, 3]],
        [
          [1, 3],
          [2, 1],
          [2, 3],
        ],
        [[], [4], [4]],
        [
          [2, 1, 2],
          [3, 1],
          [2, 3, 2],
        ],
        [[0], [1], [0]],
      ] as [number[], number[], number[]][]) {
        const a = values(size(aBatch) * 5 * 7, 1);
        const b = values(size(bBatch) * 7 * 3, 2);
        const product = tf.matMul(
          tf.tensor(a, [...aBatch, ...(transposeA ? [7, 5] : [5, 7])]),
          tf.tensor(b, [...bBatch, ...(transposeB ? [3, 7] : [7, 3])]),
          transposeA,
          transposeB,
        );
        expect(product.shape).toEqual([...outer, 5, 3]);
        const got = product.dataSync();
        for (let i = 0; i < size(outer); i++) {
          const left = matrix(a, 35, broadcastIndex(i, outer, aBatch));
          const right = matrix(b, 21, broadcastIndex(i, outer, bBatch));
          const expected = multiply(left, right, [5, 7, 3], transposeA, transposeB);
          expect(error(matrix(got, 15, i), expected, largest(expected))).toBeLessThan(1e-5);
        }
      }
    });

    test('passes gradients on', async () => {
      const compute = (): tf.Tensor[] => {
        const a = tf.tensor(values(2 * 5 * 7, 1), [2, ...(transposeA ? [7, 5] : [5, 7])]);
        const b = tf.tensor(values(2 * 7 * 3, 2), [2, ...(transposeB ? [3, 7] : [7, 3])]);
        const weights = tf.tensor3d(values(2 * 5 * 3, 3), [2, 5, 3]);
        return tf.grads((a, b) =>
          tf.mul(weights, tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB)),
        )([a, b]);
      };
      await expectLikeCpu(compute);
    });

    test('lets no NaN or Infinity vanish, even against zeros', () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        for (const side of [0, 1]) {
          const a = new Float32Array(5 * 7);
          const b = new Float32Array(7 * 9);
          const operand = side === 0 ? a : b;
          operand[operand.length - 1] = bad;
          const got = product(a, b, [5, 7, 9], transposeA, transposeB).dataSync();
          const expected = multiply(a, b, [5, 7, 9], transposeA, transposeB);
          expect(Array.from(got, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
        }
      }
    });
  },
);

describe('BatchMatMul', () => {
  test('keeps its operands, makes one tensor and gives back its scratch memory', () => {
    const a = values(90 * 70, 1);
    const b = values(70 * 50, 2);
    const [left, right] = [tf.tensor2d(a, [90, 70]), tf.tensor2d(b, [70, 50])];
    const before = tf.memory();
    for (let i = 0; i < 20; i++) {
      const result = tf.matMul(left, right);
      expect(tf.memory().numTensors).toBe(before.numTensors + 1);
      result.dispose();
    }
    expect(tf.memory()).toEqual(before);
    expect([left.dataSync(), right.dataSync()]).toEqual([a, b]);
  });

  test('multiplies a matrix with itself', () => {
    const a = values(13 * 13, 1);
    const x = tf.tensor2d(a, [13, 13]);
    const expected = multiply(a, a, [13, 13, 13], true, false);
    expect(error(tf.matMul(x, x, true).dataSync(), expected, largest(expected))).toBeLessThan(
      TOLERANCE,
    );
  });

  test('refuses what is not float32, as TensorFlow.js does on wasm', () => {
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    const b = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    expect(() => tf.matMul(a, a)).toThrow(
      'matMul: the wasm backend multiplies float32, got int32 and int32; cast them with tf.cast',
    );
    expect(() => tf.fused.matMul({ a, b: a, activation: 'relu' })).toThrow(/float32/);
    expect(tf.matMul(a, b).arraySync()).toEqual([
      [7, 10],
      [15, 22],
    ]); // tfjs itself casts the one side
  });

  test('refuses sizes that do not fit', () => {
    const [a, b] = [tf.zeros([2, 3, 4]), tf.zeros([2, 3, 4])];
    expect(() => run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false })).toThrow(
      'matMul: inner dimensions must agree, got 2,3,4 and 2,3,4 with transposeA=false, transposeB=false',
    );
  });
});

test('a dense layer’s gradients agree with the cpu backend', async () => {
  const compute = (): tf.Tensor[] => {
    const x = tf.tensor2d(values(9 * 21, 1), [9, 21]);
    const w = tf.tensor2d(values(21 * 11, 2), [21, 11]);
    const b = tf.tensor1d(values(11, 3));
    const weights = tf.tensor2d(values(9 * 11, 4), [9, 11]);
    return ['linear' as const, 'relu' as const].flatMap((activation) =>
      tf.grads((x, w, b) =>
        tf.mul(
          weights,
          tf.fused.matMul({
            a: x as tf.Tensor,
            b: w as tf.Tensor,
            bias: b as tf.Tensor,
            activation,
          }),
        ),
      )([x, w, b]),
    );
  };
  await expectLikeCpu(compute);
});

function product(
  a: Float32Array,
  b: Float32Array,
  [rows, depth, columns]: [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): tf.Tensor {
  return tf.matMul(
    tf.tensor2d(a, transposeA ? [depth, rows] : [rows, depth]),
    tf.tensor2d(b, transposeB ? [columns, depth] : [depth, columns]),
    transposeA,
    transposeB,
  );
}

function expectNaive(
  sizes: [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
  seed: number,
): void {
  const [rows, depth, columns] = sizes;
  const a = values(rows * depth, seed);
  const b = values(depth * columns, seed + 1);
  const got = tf.tidy(() => {
    const result = product(a, b, sizes, transposeA, transposeB);
    expect(result.shape).toEqual([rows, columns]);
    return result.dataSync();
  });
  const naive = multiply(a, b, sizes, transposeA, transposeB);
  const sums = multiply(a.map(Math.abs), b.map(Math.abs), sizes, transposeA, transposeB);
  expect(error(got, naive, largest(sums))).toBeLessThan(TOLERANCE);
}

async function expectLikeCpu(compute: () => tf.Tensor[]): Promise<void> {
  const onWasm = compute().map((t) => t.dataSync());
  for (const [i, expected] of (await onCpu(compute)).entries()) {
    expect(error(onWasm[i] as Float32Array, expected, largest(expected))).toBeLessThan(1e-5);
  }
}

function matrix(values: ArrayLike<number>, length: number, i: number): number[] {
  return Array.from(values).slice(i * length, (i + 1) * length);
}

/** Which matrix of `shape` stands at the i-th place of the broadcast shape `outer`. */
function broadcastIndex(i: number, outer: number[], shape: number[]): number {
  const places = outer.map((length, axis) => Math.floor(i / size(outer.slice(axis + 1))) % length);
  return places
    .slice(outer.length - shape.length)
    .reduce(
      (index, place, axis) => index * (shape[axis] as number) + (shape[axis] === 1 ? 0 : place),
      0,
    );
}
