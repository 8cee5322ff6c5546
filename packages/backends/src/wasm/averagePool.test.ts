import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers'; // registers tfjs's gradients too
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, run, same, values } from '../testing/kernels.js';
import { size } from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

type Side = [number, number];
type Pad = 'same' | 'valid' | number | [Side, Side, Side, Side];

interface Pool {
  shape: [number, number, number, number];
  filterSize: [number, number];
  strides: [number, number];
  pad: Pad;
  rounding?: 'floor' | 'round' | 'ceil' | undefined;
}

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe('AvgPoolGrad', () => {
  test.each<[string, Partial<Pool>]>([
    ['windows side by side', {}],
    ['overlapping windows', { filterSize: [3, 3] }],
    ['pixels between windows', { strides: [3, 4] }],
    ['strides beyond the image', { strides: [50, 60] }],
    ['padding', { filterSize: [3, 3], pad: 'same' }],
    ['padding of two pixels', { filterSize: [5, 5], pad: 2 }],
    ['padding on one side', { filterSize: [3, 2], pad: sides([2, 0], [0, 1]) }],
    ['windows that lie in the padding', { filterSize: [2, 2], pad: sides([4, 3], [2, 5]) }],
    ['a last row that is rounded up', { pad: 0, rounding: 'ceil' }],
    ['rows that are rounded', { filterSize: [3, 3], strides: [3, 3], pad: 1, rounding: 'round' }],
    ['the whole image', { filterSize: [8, 9], strides: [1, 1] }],
    ['one pixel', { shape: [1, 1, 1, 3], filterSize: [1, 1], strides: [1, 1] }],
    ['a pixel with padding around', { shape: [1, 1, 1, 3], filterSize: [3, 3], pad: 'same' }],
    ['one channel', { shape: [2, 8, 9, 1], filterSize: [3, 3], pad: 'same' }],
    ['eight channels', { shape: [2, 8, 9, 8], filterSize: [3, 3], pad: 'same' }],
    ['channels left over', { shape: [2, 8, 9, 21], filterSize: [3, 3], pad: 'same' }],
    ['no image', { shape: [0, 8, 9, 3] }],
  ])('is the transpose of the way forward: %s', async (_, partial) => {
    await expectTranspose({ ...pool, ...partial }, 1);
  });

  test('is the transpose of the way forward for any geometry', async () => {
    const up = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
    const side = fc.tuple(fc.nat(3), fc.nat(3));
    const geometry: fc.Arbitrary<Pool> = fc
      .record({
        shape: fc.tuple(up(2), up(8), up(8), up(20)),
        filterSize: fc.tuple(up(5), up(5)),
        strides: fc.tuple(up(6), up(6)),
        pad: fc.oneof(
          fc.constantFrom<('same' | 'valid')[]>('same', 'valid'),
          fc.nat(2),
          fc.tuple(side, side).map(([rows, columns]) => sides(rows, columns)),
        ),
        rounding: fc.constantFrom('floor' as const, 'round' as const, 'ceil' as const),
      })
      // TensorFlow.js rounds where padding is a number.
      .map((p) => (typeof p.pad === 'number' ? p : { ...p, rounding: undefined }))
      .filter((p) => pooledShape(p).every((length) => length > 0))
      // The cpu backend takes a window of one pixel for none, wherever it lies.
      .filter((p) => size(p.filterSize) > 1 || p.pad === 'same' || p.pad === 'valid');
    await fc.assert(
      fc.asyncProperty(geometry, fc.integer(), (p, seed) => expectTranspose(p, seed)),
      { numRuns: 300 },
    );
  });

  test.each<[string, Partial<Pool>]>([
    ['windows side by side', {}],
    ['overlapping windows', { filterSize: [3, 4], strides: [2, 1] }],
    ['pixels between windows', { strides: [3, 4] }],
  ])('agrees with the cpu backend, which is right without padding: %s', async (_, partial) => {
    const p = { ...pool, ...partial };
    const compute = (): tf.Tensor[] => [gradient(p, values(size(pooledShape(p)), 3))];
    const [got] = tf.tidy(() => compute().map((t) => t.dataSync<'float32'>()));
    const [expected] = await onCpu(compute);
    expect(error(got as Float32Array, expected as Float32Array, 1)).toBeLessThan(1e-6);
  });

  test('passes a NaN on to its window alone', () => {
    for (const channels of [1, 8]) {
      const p: Pool = { ...pool, shape: [1, 2, 4, channels] };
      const dy = new Float32Array(2 * channels).fill(4).fill(Number.NaN, channels);
      const dx = gradient(p, dy).dataSync();
      const first = Array.from(dx).filter((_, i) => i % channels === channels - 1);
      expect(first).toEqual([1, 1, Number.NaN, Number.NaN, 1, 1, Number.NaN, Number.NaN]);
    }
  });

  test('keeps its operands, makes one tensor, keeps no memory', () => {
    const plain = values(2 * 4 * 4 * 7);
    const input = tf.ones(pool.shape);
    const dy = tf.tensor4d(plain, [2, 4, 4, 7]);
    const before = tf.memory();
    const { filterSize, strides, pad } = pool;
    const [dx] = run('AvgPoolGrad', { dy, input }, { filterSize, strides, pad });
    expect(dx?.shape).toEqual(pool.shape);
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
    dx?.dispose();
    expect(tf.memory()).toEqual(before);
    expect(same(dy.dataSync<'float32'>(), plain)).toBe(true);
    expect(input.dataSync().every((value) => value === 1)).toBe(true);
  });

  test('says which padding there is none of', () => {
    expect(() => gradient({ ...pool, pad: 'full' as Pad }, values(2 * 4 * 4 * 7))).toThrow(
      /Unknown padding parameter: full/,
    );
  });
});

describe('tf.avgPool', () => {
  test('has the slopes that small steps find, at the edges too', () => {
    const shape = [1, 5, 4, 3] as [number, number, number, number];
    const dy = tf.tensor4d(values(3 * 2 * 3, 1), [1, 3, 2, 3]);
    const loss = (x: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(dy, tf.avgPool(tf.square(x as tf.Tensor4D), 3, 2, 'same')));
    const at = values(size(shape), 2);
    const slopes = tf.grad(loss)(tf.tensor4d(at, shape)).dataSync();
    const step = 2 ** -6; // exact for a square but for rounding
    at.forEach((value, i) => {
      const [above = 0, below = 0] = [step, -step].map((by) =>
        tf.tidy(() => {
          const moved = Float32Array.from(at).fill(value + by, i, i + 1);
          return loss(tf.tensor4d(moved, shape)).dataSync()[0];
        }),
      );
      expect(slopes[i]).toBeCloseTo((above - below) / (2 * step), 3);
    });
  });

  test('takes a single image', () => {
    const x = tf.tensor3d(values(4 * 4 * 2), [4, 4, 2]);
    const dx = tf.grad((x) => tf.avgPool(x as tf.Tensor3D, 2, 2, 'valid'))(x);
    expect(dx.shape).toEqual([4, 4, 2]);
    expect(dx.dataSync().every((value) => value === 0.25)).toBe(true);
  });

  test('trains in a layer of TensorFlow.js, with our kernel and without', async () => {
    const train = async (): Promise<number> => {
      const net = sequential();
      net.add(
        layers.dense({ inputShape: [6, 6, 2], units: 3, kernelInitializer: 'ones', name: 'dense' }),
      );
      net.add(layers.averagePooling2d({ poolSize: 2 }));
      net.add(layers.flatten());
      net.add(layers.dense({ units: 1, kernelInitializer: 'ones', name: 'last' }));
      net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const x = tf.tensor4d(values(3 * 72, 1), [3, 6, 6, 2]);
      const y = tf.tensor2d([1, 2, 3], [3, 1]);
      await net.trainOnBatch(x, y);
      const loss = (await net.trainOnBatch(x, y)) as number;
      net.dispose();
      return loss;
    };
    const own = tf.getKernel('AvgPoolGrad', 'wasm');
    const ours = await train();
    const { off } = await registerWasmKernels({ off: ['AvgPoolGrad'] });
    expect(off).toEqual(['AvgPoolGrad']);
    expect(tf.getKernel('AvgPoolGrad', 'wasm')).not.toBe(own);
    expect(await train()).toBeCloseTo(ours, 4);
    await registerWasmKernels({ off: [] });
    expect(tf.getKernel('AvgPoolGrad', 'wasm')).toBe(own);
  });
});

/** Where a test leaves something open. */
const pool: Pool = { shape: [2, 8, 9, 7], filterSize: [2, 2], strides: [2, 2], pad: 'valid' };

function sides(rows: Side, columns: Side): Pad {
  return [[0, 0], rows, columns, [0, 0]];
}

function pooledShape(p: Pool): [number, number, number, number] {
  const { shape, filterSize, strides, pad, rounding } = p;
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, rounding).outShape;
}

/** The gradient of the input by the current backend. */
function gradient(p: Pool, dy: Float32Array): tf.Tensor {
  const { shape, filterSize, strides, pad } = p;
  return run(
    'AvgPoolGrad',
    { dy: tf.tensor4d(dy, pooledShape(p)), input: tf.zeros(shape) },
    { filterSize, strides, pad },
  )[0] as tf.Tensor;
}

/**
 * Compares with Σ dy · ∂y / ∂x in float64, where what the cpu backend makes of images with one pixel each is the matrix of ∂y / ∂x. Windows without any
 * pixel of the image, whose mean is NaN, have no part in it.
 */
async function expectTranspose(p: Pool, seed: number): Promise<void> {
  const [batch, height, width, channels] = p.shape;
  const pixels = height * width;
  const [slopes] = await onCpu(() => [
    tf.avgPool(
      tf.reshape(tf.eye(pixels), [pixels, height, width, 1]) as tf.Tensor4D,
      p.filterSize,
      p.strides,
      p.pad as 'same',
      p.rounding,
    ),
  ]);
  const windows = pooledShape(p)[1] * pooledShape(p)[2];
  const dy = values(batch * windows * channels, seed);
  const expected = new Float64Array(batch * pixels * channels).map((_, i) => {
    const [n, pixel, c] = [
      Math.floor(i / (pixels * channels)),
      Math.floor(i / channels) % pixels,
      i % channels,
    ];
    let sum = 0;
    for (let w = 0; w < windows; w++) {
      const slope = slopes?.[pixel * windows + w] as number;
      if (!slope) continue; // 0 or NaN
      sum += slope * (dy[(n * windows + w) * channels + c] as number);
    }
    return sum;
  });
  const got = tf.tidy(() => gradient(p, dy).dataSync());
  expect(error(got, expected, Math.max(1, largest(expected)))).toBeLessThan(1e-6);
}
