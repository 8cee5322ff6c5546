import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { error, largest, normals, run, same, values } from '../testing/kernels.js';
import { normalize, normalizeGradient, size } from '../testing/naive.js';
import { poison } from '../testing/poison.js';
import { registerWebgpuKernels } from './registerWebgpuKernels.js';

const epsilon = 1e-5;

describe.each([false, true])('BclBatchNorm and its gradient, relu %s', (relu) => {
  test.each<[string, number[]]>([
    ['a value', [1, 1]],
    ['a row', [1, 5]],
    ['one channel', [37, 1]],
    ['three channels', [33, 3]],
    ['images, channels not a multiple of eight', [3, 5, 7, 13]],
    ['more channels than stand side by side', [31, 67]],
    ['many rows, in parts', [20_001, 6]],
  ])('agree with float64 loops: %s', async (_, shape) => {
    const channels = shape.at(-1) as number;
    const count = size(shape);
    const x = normals(count, 1, 0.5, 2);
    const dy = normals(count, 2);
    const [gamma, beta] = [values(channels, 3), values(channels, 4)];
    const got = await computed({ x, dy, gamma, beta, shape, relu });
    const { y, mean, variance } = normalize(x, gamma, beta, { epsilon, relu });
    // Where the variance is next to 0, what is left is the rounding of values times 1/√ε.
    const slope = largest(gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + epsilon)));
    expect(error(got.y, y, slope * largest(x))).toBeLessThan(1e-6);
    expect(error(got.mean, mean, largest(x))).toBeLessThan(1e-6);
    expect(error(got.variance, variance, largest(x) ** 2)).toBeLessThan(1e-6);
    const { dx, dgamma, dbeta } = normalizeGradient(x, dy, gamma, beta, { epsilon, relu });
    expect(error(got.dx, dx, slope * largest(dy))).toBeLessThan(1e-5);
    const sums = largest(dy) * Math.sqrt(count / channels);
    expect(error(got.dgamma, dgamma, sums)).toBeLessThan(1e-5);
    expect(error(got.dbeta, dbeta, sums)).toBeLessThan(1e-5);
  });

  test.each<[string, (x: Float32Array) => void, mean: number]>([
    ['far from zero', () => {}, 1000],
    ['of which the first is a stray one', (x) => x.fill(1e4, 0, 5), 0],
  ])('find the variance of values %s', async (_, change, center) => {
    const [rows, channels] = [20_000, 5];
    const x = normals(rows * channels, 1, center, 1);
    change(x);
    const one = values(channels, 3);
    const got = await computed({ x, dy: x, gamma: one, beta: one, shape: [rows, channels], relu });
    const { variance } = normalize(x, one, one, { epsilon, relu });
    for (let c = 0; c < channels; c++) {
      expect((got.variance[c] as number) / (variance[c] as number)).toBeCloseTo(1, 4);
    }
  });

  test('take the variance of a constant channel as 0 and keep its gradient finite', async () => {
    const x = new Float32Array(100 * 3).fill(1234.567);
    const gamma = values(3, 3);
    const beta = Float32Array.of(-1, 0.5, 2);
    const got = await computed({ x, dy: values(300, 2), gamma, beta, shape: [100, 3], relu });
    expect([...got.variance]).toEqual([0, 0, 0]);
    expect([...got.mean]).toEqual(Array(3).fill(Math.fround(1234.567)));
    expect([...got.y.slice(0, 3)]).toEqual([relu ? 0 : -1, 0.5, 2]);
    expect(got.dx.every(Number.isFinite)).toBe(true);
  });

  test('let no NaN vanish, and keep it in its channel', async () => {
    const channels = 3;
    const x = values(20 * channels, 1);
    x[7 * channels + 1] = Number.NaN;
    const per = { gamma: values(channels), beta: values(channels), shape: [20, channels], relu };
    const got = await computed({ x, dy: new Float32Array(x.length).fill(1), ...per });
    const nan = Array.from(x, (_, i) => i % channels === 1);
    expect(Array.from(got.y, Number.isNaN)).toEqual(nan);
    expect(Array.from(got.dx, Number.isNaN)).toEqual(nan);
    expect([got.mean[1], got.variance[1]]).toEqual([Number.NaN, Number.NaN]);
  });

  test('make three tensors each, keep their operands and no memory', async () => {
    const [rows, channels] = [2000, 8];
    const plain = [normals(rows * channels, 1), normals(rows * channels, 2), values(8), values(8)];
    const [x, dy, gamma, beta] = plain.map((each) =>
      each.length === 8 ? tf.tensor1d(each) : tf.tensor2d(each, [rows, channels]),
    ) as Four;
    const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    const attrs = { epsilon, relu };
    const forward = run('BclBatchNorm', { x, gamma, beta }, attrs);
    const [, mean, variance] = forward as Three;
    const back = run('BclBatchNormGrad', { x, dy, gamma, beta, mean, variance }, attrs);
    const kept = (await Promise.all([x, dy, gamma, beta].map((t) => t.data()))) as Float32Array[];
    expect(kept.map((each, i) => same(each, plain[i] as Float32Array))).toEqual(
      Array(4).fill(true),
    );
    expect(tf.memory().numTensors).toBe((before[0] as number) + 6);
    tf.dispose([forward, back]);
    expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
  });

  test('are the slopes that finite differences give', async () => {
    const shape = [11, 3];
    const o = { x: normals(33, 1), dy: normals(33, 2), gamma: values(3, 3), beta: values(3, 4) };
    const got = await computed({ ...o, shape, relu });
    const at = (x: Float32Array, gamma: Float32Array): number =>
      normalize(x, gamma, o.beta, { epsilon, relu }).y.reduce(
        (sum, y, i) => sum + y * (o.dy[i] as number),
        0,
      );
    const step = 2 ** -9;
    const moved = (v: Float32Array, i: number, by: number) =>
      v.map((value, j) => (j === i ? value + by : value));
    for (const i of [0, 16, 32]) {
      const slope = at(moved(o.x, i, step), o.gamma) - at(moved(o.x, i, -step), o.gamma);
      expect(got.dx[i]).toBeCloseTo(slope / (2 * step), 2);
    }
    const slope = at(o.x, moved(o.gamma, 1, step)) - at(o.x, moved(o.gamma, 1, -step));
    expect(got.dgamma[1]).toBeCloseTo(slope / (2 * step), 2);
  });
});

describe('the gradient of tf.batchNorm', () => {
  test('is what it is without our kernels', async () => {
    const shape: [number, number, number, number] = [3, 4, 5, 6];
    const x = tf.tensor4d(normals(360, 1), shape);
    const dy = tf.tensor4d(normals(360, 2), shape);
    const [mean, offset, scale] = [3, 4, 5].map((seed) => tf.tensor1d(values(6, seed))) as Three1;
    const variance = tf.tensor1d(values(6, 6).map(Math.abs));
    const compute = (): tf.Tensor[] =>
      tf.grads((...inputs) => {
        const [x, mean, variance, offset, scale] = inputs as [tf.Tensor4D, ...Four1];
        return tf.batchNorm(x, mean, variance, offset, scale, 1e-3);
      })([x, mean, variance, offset, scale], dy);
    const ours = compute();
    await registerWebgpuKernels({ off: ['BclFusedBatchNormGrad'] });
    const stock = compute();
    await registerWebgpuKernels({ off: [] });
    for (const [i, expected] of stock.entries()) {
      await expect(ours[i] as tf.Tensor).toBeAllClose(expected, { rtol: 1e-4, atol: 1e-4 });
    }
  });
});

test('of no rows statistics are unknown and the sum of gradients is zero', async () => {
  const none = { x: new Float32Array(0), dy: new Float32Array(0) };
  const got = await computed({
    ...none,
    gamma: values(2),
    beta: values(2),
    shape: [0, 2],
    relu: true,
  });
  expect([got.y.length, got.dx.length]).toEqual([0, 0]);
  expect([...got.mean, ...got.variance]).toEqual(Array(4).fill(Number.NaN));
  expect([...got.dbeta]).toEqual([0, 0]);
});

type Three = [tf.Tensor, tf.Tensor, tf.Tensor];
type Four = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
type Three1 = [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
type Four1 = [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];

type Given = Record<'x' | 'dy' | 'gamma' | 'beta', Float32Array> & {
  shape: number[];
  relu: boolean;
};
type Names = 'y' | 'mean' | 'variance' | 'dx' | 'dgamma' | 'dbeta';

/** What both kernels give, from memory that held NaN before. */
async function computed(given: Given): Promise<Record<Names, Float32Array>> {
  const { shape, relu } = given;
  const channels = given.gamma.length;
  await poison(size(shape), size(shape), channels, channels, channels, channels);
  const [x, dy] = [tf.tensor(given.x, shape), tf.tensor(given.dy, shape)];
  const [gamma, beta] = [tf.tensor1d(given.gamma), tf.tensor1d(given.beta)];
  const attrs = { epsilon, relu };
  const forward = run('BclBatchNorm', { x, gamma, beta }, attrs);
  const [, mean, variance] = forward as Three;
  const back = run('BclBatchNormGrad', { x, dy, gamma, beta, mean, variance }, attrs);
  const results = [...forward, ...back];
  expect(results.map((t) => t.shape)).toEqual(
    [shape, ...[1, 1], shape, ...[1, 1]].map((s) => (s === 1 ? [channels] : s)),
  );
  const [y, m, v, dx, dgamma, dbeta] = (await Promise.all(results.map((t) => t.data()))) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  tf.dispose([x, dy, gamma, beta, results]);
  return { y, mean: m, variance: v, dx, dgamma, dbeta };
}
