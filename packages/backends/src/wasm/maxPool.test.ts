import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, run, same, values } from '../testing/kernels.js';
import { size } from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

interface Pool {
  shape: [number, number, number, number];
  filterSize: [number, number];
  strides: [number, number];
  pad: Pad;
}

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe('MaxPoolGrad', () => {
  test.each<[string, Partial<Pool>]>([
    ['windows side by side', {}],
    ['overlapping windows', { filterSize: [3, 3] }],
    ['windows with pixels between them', { strides: [3, 4] }],
    ['padding', { filterSize: [3, 3], pad: 'same' }],
    [
      'padding on one side',
      {
        filterSize: [3, 2],
        pad: [
          [0, 0],
          [2, 0],
          [0, 1],
          [0, 0],
        ],
      },
    ],
    ['the whole image', { filterSize: [8, 9], strides: [1, 1] }],
    ['one pixel', { shape: [1, 1, 1, 3], filterSize: [1, 1], strides: [1, 1] }],
    ['channels a multiple of four', { shape: [2, 8, 9, 8] }],
    ['one channel', { shape: [2, 8, 9, 1] }],
    ['no image', { shape: [0, 8, 9, 3] }],
  ])('agrees with the cpu backend: %s', async (_, partial) => {
    await expectLikeCpu({ ...pool, ...partial }, 1);
  });

  test('agrees with the cpu backend for any geometry, among ties', async () => {
    const up = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
    const edge = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 }));
    const geometry: fc.Arbitrary<Pool> = fc.record({
      shape: fc.tuple(up(2), fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 }), up(9)),
      filterSize: fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 })),
      strides: fc.tuple(up(4), up(4)),
      pad: fc.oneof(
        fc.constantFrom<('same' | 'valid')[]>('same', 'valid'),
        fc.tuple(edge, edge).map(([rows, columns]): Pad => [[0, 0], rows, columns, [0, 0]]),
      ),
    });
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer(), async (p, seed) => {
        await expectLikeCpu(p, seed, (x) => x.map((value) => Math.round(value * 1.5))); // -1, 0 or 1
      }),
      { numRuns: 100 },
    );
  });

  test('agrees with the cpu backend for windows of 2×2 side by side, among ties', async () => {
    const up = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
    const sizes = fc.tuple(up(3), fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }));
    const pads = fc.constantFrom<('same' | 'valid')[]>('same', 'valid');
    await fc.assert(
      fc.asyncProperty(sizes, up(3), pads, fc.integer(), async (size, quads, pad, seed) => {
        const p: Pool = { shape: [...size, 4 * quads], filterSize: [2, 2], strides: [2, 2], pad };
        await expectLikeCpu(p, seed, (x) => x.map((value) => Math.round(value * 1.5)));
      }),
      { numRuns: 100 },
    );
  });

  test('gives the gradient to the first of equals', () => {
    for (const channels of [1, 4]) {
      const x = tf.ones([1, 2, 4, channels]) as tf.Tensor4D;
      const dy = tf.fill([1, 1, 2, channels], 5);
      const dx = gradient(x, dy, { ...pool, shape: [1, 2, 4, channels] });
      const first = Array.from(dx.dataSync()).filter((_, i) => i % channels === channels - 1);
      expect(first).toEqual([5, 0, 5, 0, 0, 0, 0, 0]);
    }
  });

  test.each([Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY])(
    'treats %s as the cpu backend does',
    async (odd) => {
      for (const channels of [3, 4]) {
        const shape: Pool['shape'] = [1, 4, 4, channels];
        await expectLikeCpu({ ...pool, shape }, 1, (x) => x.fill(odd));
        await expectLikeCpu({ ...pool, shape, filterSize: [3, 3], pad: 'same' }, 1, (x) =>
          x.map((value, i) => (i % 5 === 0 ? odd : value)),
        );
      }
    },
  );

  test('counts windows as the gradients do, where TensorFlow.js rounded their number up', () => {
    for (const channels of [1, 4]) {
      const image = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((value) => Array(channels).fill(value));
      const x = tf.tensor4d([...image, ...image], [2, 3, 3, channels]);
      const dy = tf.fill([2, 2, 2, channels], 5) as tf.Tensor4D;
      const dx = gradient(x, dy, { ...pool, pad: 0 });
      const one = [0, 0, 0, 0, 5, 5, 0, 5, 5].flatMap((value) => Array(channels).fill(value));
      expect(Array.from(dx.dataSync())).toEqual([...one, ...one]);
    }
  });

  test('passes a NaN gradient on', () => {
    const x = tf.tensor4d(values(size(pool.shape)), pool.shape);
    const dx = gradient(x, tf.fill([2, 4, 4, 7], Number.NaN), pool);
    expect(dx.dataSync().filter(Number.isNaN)).toHaveLength(2 * 4 * 4 * 7);
  });

  test('keeps its operands, makes one tensor, keeps no memory', () => {
    const plain = values(size(pool.shape));
    const x = tf.tensor4d(plain, pool.shape);
    const dy = tf.ones([2, 4, 4, 7]);
    const before = tf.memory();
    const dx = gradient(x, dy, pool);
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
    dx.dispose();
    expect(tf.memory()).toEqual(before);
    expect(same(x.dataSync<'float32'>(), plain)).toBe(true);
    expect(dy.dataSync().every((value) => value === 1)).toBe(true);
  });
});

test('tf.maxPool passes it on to its input', async () => {
  const compute = (): tf.Tensor[] => {
    const x = tf.tensor4d(values(2 * 7 * 7 * 5, 1), [2, 7, 7, 5]);
    const dy = tf.tensor4d(values(2 * 4 * 4 * 5, 2), [2, 4, 4, 5]);
    return [tf.grad((x) => tf.mul(dy, tf.maxPool(x as tf.Tensor4D, 3, 2, 'same')))(x)];
  };
  const [got] = compute().map((t) => t.dataSync());
  const [expected] = await onCpu(compute);
  expect(error(got as Float32Array, expected as Float32Array, 1)).toBeLessThan(1e-6);
});

/** Where a test leaves something open. */
const pool: Pool = { shape: [2, 8, 9, 7], filterSize: [2, 2], strides: [2, 2], pad: 'valid' };

function gradient(x: tf.Tensor, dy: tf.Tensor, { filterSize, strides, pad }: Pool): tf.Tensor {
  return run(
    'MaxPoolGrad',
    { dy, input: x, output: dy },
    { filterSize, strides, pad },
  )[0] as tf.Tensor;
}

/** Compares with the cpu backend's gradient, for values changed by `change`. */
async function expectLikeCpu(
  p: Pool,
  seed: number,
  change: (x: Float32Array) => Float32Array = (x) => x,
): Promise<void> {
  const info = tf.backend_util.computePool2DInfo(p.shape, p.filterSize, p.strides, 1, p.pad);
  const compute = (): tf.Tensor[] => {
    const x = tf.tensor4d(change(values(size(p.shape), seed)), p.shape);
    const dy = tf.tensor4d(values(size(info.outShape), seed + 1), info.outShape);
    return [gradient(x, dy, p)];
  };
  const [got] = tf.tidy(() => compute().map((t) => t.dataSync<'float32'>()));
  const [expected] = (await onCpu(compute)) as [Float32Array];
  expect(error(got as Float32Array, expected, Math.max(1, largest(expected)))).toBeLessThan(1e-6);
}
