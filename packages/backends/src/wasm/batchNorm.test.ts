import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, normals, onCpu, run, same, values } from '../testing/kernels.js';
import { normalize, normalizeGradient, size } from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

const epsilon = 1e-5;

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe.each([false, true])('BclBatchNorm and its gradient, relu %s', (relu) => {
  test.each<[string, number[]]>([
    ['a row', [1, 5]],
    ['a value', [1, 1]],
    ['two rows', [2, 4]],
    ['one channel', [37, 1]],
    ['three channels', [33, 3]],
    ['channels a multiple of four', [31, 64]],
    ['images, channels not a multiple of four', [3, 5, 7, 13]],
    ['a block of rows in full', [32, 6]],
    ['many rows', [20_001, 6]],
  ])('agree with float64 loops: %s', (_, shape) => {
    const channels = shape.at(-1) as number;
    const count = size(shape);
    const x = normals(count, 1, 0.5, 2);
    const dy = normals(count, 2);
    const gamma = values(channels, 3);
    const beta = values(channels, 4);
    const got = computed(x, dy, gamma, beta, shape, relu);
    const { y, mean, variance } = normalize(x, gamma, beta, { epsilon, relu });
    // Where the variance is next to 0, what is left is the rounding of values times 1/√ε.
    const slope = largest(gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + epsilon)));
    expect(error(got.y, y, slope * largest(x))).toBeLessThan(1e-6);
    expect(error(got.mean, mean, largest(x))).toBeLessThan(1e-6);
    expect(error(got.variance, variance, largest(x) ** 2)).toBeLessThan(1e-6);
    const { dx, dgamma, dbeta } = normalizeGradient(x, dy, gamma, beta, { epsilon, relu });
    expect(error(got.dx, dx, slope * largest(dy))).toBeLessThan(1e-5);
    expect(error(got.dgamma, dgamma, largest(dy) * Math.sqrt(count / channels))).toBeLessThan(1e-5);
    expect(error(got.dbeta, dbeta, largest(dy) * Math.sqrt(count / channels))).toBeLessThan(1e-5);
  });

  test('find the variance although the first value is a stray one', () => {
    const [rows, channels] = [20_000, 5];
    const x = normals(rows * channels, 1);
    x.fill(1e4, 0, channels);
    const one = values(channels, 3);
    const got = computed(x, normals(rows * channels, 2), one, one, [rows, channels], relu);
    const { variance } = normalize(x, one, one, { epsilon, relu });
    for (let c = 0; c < channels; c++) {
      expect(Math.abs((got.variance[c] as number) / (variance[c] as number) - 1)).toBeLessThan(
        1e-6,
      );
    }
  });

  test('find the variance of values far from zero', () => {
    const [rows, channels] = [5000, 6];
    const x = normals(rows * channels, 1, 1000, 1);
    const dy = normals(rows * channels, 2);
    const gamma = values(channels, 3);
    const beta = values(channels, 4);
    const got = computed(x, dy, gamma, beta, [rows, channels], relu);
    const { y, mean, variance } = normalize(x, gamma, beta, { epsilon, relu });
    expect(error(got.mean, mean, 1000)).toBeLessThan(1e-7);
    for (let c = 0; c < channels; c++) {
      const relative = (got.variance[c] as number) / (variance[c] as number) - 1;
      expect(Math.abs(relative)).toBeLessThan(1e-5);
    }
    // x itself is known to 6e-5 of its deviation, no better.
    expect(error(got.y, y, 1)).toBeLessThan(5e-4);
    if (relu) return; // a value at the edge of ReLU may fall to either side
    const { dx, dgamma, dbeta } = normalizeGradient(x, dy, gamma, beta, { epsilon, relu });
    expect(error(got.dx, dx, largest(dx))).toBeLessThan(1e-5);
    expect(error(got.dgamma, dgamma, Math.sqrt(rows))).toBeLessThan(1e-4);
    expect(error(got.dbeta, dbeta, Math.sqrt(rows))).toBeLessThan(1e-5);
  });

  test('find the variance of a channel whose first value is far from the others', () => {
    const [rows, channels] = [4096, 5];
    const x = normals(rows * channels, 1);
    x.fill(60, 0, channels);
    const { variance } = normalize(x, values(5), values(5), { epsilon, relu });
    const got = computed(x, x, values(5), values(5), [rows, channels], relu);
    for (let c = 0; c < channels; c++) {
      const relative = (got.variance[c] as number) / (variance[c] as number) - 1;
      expect(Math.abs(relative)).toBeLessThan(1e-4);
    }
  });

  test('take the variance of a constant channel as 0 and keep its gradient finite', () => {
    const x = new Float32Array(100 * 3).fill(1234.567);
    const got = computed(
      x,
      values(300, 2),
      values(3, 3),
      Float32Array.of(-1, 0.5, 2),
      [100, 3],
      relu,
    );
    expect([...got.variance]).toEqual([0, 0, 0]);
    expect([...got.mean]).toEqual(Array(3).fill(Math.fround(1234.567)));
    const expected = [relu ? 0 : -1, 0.5, 2];
    expect(error(got.y.slice(0, 3), expected, 1)).toBeLessThan(1e-1);
    expect(got.dx.every(Number.isFinite)).toBe(true);
  });

  test('let no NaN vanish, and keep it in its channel', () => {
    for (const channels of [4, 3]) {
      const x = values(20 * channels, 1);
      x[7 * channels + 1] = Number.NaN;
      const got = computed(
        x,
        x.map(Math.abs).fill(1),
        values(channels),
        values(channels),
        [20, channels],
        relu,
      );
      for (const result of [got.y, got.dx]) {
        expect(
          Array.from(result, (value, i) => Number.isNaN(value) === (i % channels === 1)),
        ).toEqual(Array(20 * channels).fill(true));
      }
      expect(got.mean[1]).toBeNaN();
      expect(got.variance[1]).toBeNaN();
    }
  });

  test('make three tensors each, and keep no memory', () => {
    const x = tf.tensor2d(values(60), [10, 6]);
    const [gamma, beta] = [tf.tensor1d(values(6, 1)), tf.tensor1d(values(6, 2))];
    const before = tf.memory();
    const [y, mean, variance] = run('BclBatchNorm', { x, gamma, beta }, { epsilon, relu }) as Three;
    const gradients = run(
      'BclBatchNormGrad',
      { x, dy: x, y, gamma, beta, mean, variance },
      { epsilon, relu },
    );
    expect(tf.memory().numTensors).toBe(before.numTensors + 6);
    tf.dispose([y, mean, variance, gradients]);
    expect(tf.memory()).toEqual(before);
  });
});

describe('BclBatchNorm and its gradient', () => {
  test('are the slopes that finite differences give', () => {
    const [rows, channels] = [7, 5];
    const x = values(rows * channels, 1);
    const gamma = values(channels, 2);
    const beta = values(channels, 3);
    const dy = values(rows * channels, 4);
    for (const relu of [false, true]) {
      const got = computed(x, dy, gamma, beta, [rows, channels], relu);
      const operands = [x, gamma, beta].map((values) => Float64Array.from(values));
      for (const [which, gradient] of [got.dx, got.dgamma, got.dbeta].entries()) {
        const slopes = Array.from(operands[which] as Float64Array, (_, i) => {
          const [up, down] = [1e-5, -1e-5].map((step) => {
            const [x, gamma, beta] = operands.map((values, k) =>
              values.map((value, j) => (k === which && j === i ? value + step : value)),
            ) as [Float64Array, Float64Array, Float64Array];
            const { y } = normalize(x, gamma, beta, { epsilon, relu });
            return y.reduce((sum, value, j) => sum + value * (dy[j] as number), 0);
          }) as [number, number];
          return (up - down) / 2e-5;
        });
        expect(error(gradient, slopes, largest(slopes))).toBeLessThan(1e-5);
      }
    }
  });

  test('read operands that another backend holds, while the heap grows', async () => {
    const channels = 1 << 19;
    const plain = values(channels, 1);
    await tf.setBackend('cpu');
    const [x, gamma, beta] = [1, 2, 3].map((i) => tf.tensor1d(plain.map((v) => v * i))) as Three;
    await tf.setBackend('wasm');
    const row = tf.reshape(x, [1, channels]);
    const [y, mean, variance] = run(
      'BclBatchNorm',
      { x: row, gamma, beta },
      { epsilon, relu: false },
    ) as Three;
    const found = [y, mean, variance].map((t) => t.dataSync()) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect(
      error(
        found[0],
        plain.map((v) => v * 3),
        3,
      ),
    ).toBeLessThan(1e-3);
    expect(same(found[1], plain)).toBe(true);
    expect(largest(found[2])).toBe(0);
  });
});

describe('the gradient of tf.batchNorm', () => {
  type Given = { shape: number[]; statistics?: number[] };

  const gradients = ({ shape, statistics }: Given): tf.Tensor[] => {
    const channels = shape.at(-1) as number;
    const own = statistics ?? [channels];
    const count = size(own);
    const x = tf.tensor(normals(size(shape), 1), shape);
    const mean = tf.tensor(values(count, 2), own);
    const variance = tf.abs(tf.tensor(values(count, 3), own));
    const dy = tf.tensor(normals(x.size, 4), shape);
    const [scale, offset] = [5, 6].map((i) => tf.tensor(values(count, i), own)) as [
      tf.Tensor,
      tf.Tensor,
    ];
    return tf.grads((...inputs) => {
      const [x, mean, variance, scale, offset] = inputs as Five;
      const y = tf.batchNorm(x, mean, variance, offset, scale, 0.01);
      return tf.mul(y, dy);
    })([x, mean, variance, scale, offset]);
  };

  test.each<[string, Given]>([
    ['images', { shape: [3, 4, 5, 6] }],
    ['rows', { shape: [9, 7] }],
    ['channels a multiple of four', { shape: [2, 3, 3, 8] }],
    ['one channel', { shape: [2, 3, 3, 1] }],
    ['statistics of full rank', { shape: [2, 3, 2, 5], statistics: [2, 3, 2, 5] }],
  ])('agrees with the cpu backend for all inputs: %s', async (_, given) => {
    const onWasm = gradients(given).map((t) => t.dataSync());
    const onCpuToo = await onCpu(() => gradients(given));
    expect(onWasm).toHaveLength(5);
    for (const [i, expected] of onCpuToo.entries()) {
      expect(error(onWasm[i] as Float32Array, expected, largest(expected))).toBeLessThan(1e-5);
    }
  });

  test('runs as one kernel', () => {
    const profile = kernelsRun(() => gradients({ shape: [3, 4, 5, 6] }));
    expect(profile.filter((name) => name === 'BclFusedBatchNormGrad')).toHaveLength(1);
  });

  test('leaves statistics of full rank to TensorFlow.js', () => {
    const profile = kernelsRun(() => gradients({ shape: [2, 3, 2, 5], statistics: [2, 3, 2, 5] }));
    expect(profile).not.toContain('BclFusedBatchNormGrad');
  });

  test('has a gradient itself', async () => {
    const compute = (): tf.Tensor[] => {
      const x = tf.tensor2d(normals(24, 1), [6, 4]);
      const [mean, variance, offset, scale] = [1, 2, 3, 4].map((i) =>
        tf.abs(tf.tensor1d(values(4, i))),
      ) as Four;
      const square = (x: tf.Tensor): tf.Tensor =>
        tf.square(tf.batchNorm(x, mean, variance, offset, scale));
      return [tf.grad((x: tf.Tensor) => tf.square(tf.grad(square)(x)))(x)];
    };
    const [got] = compute().map((t) => t.dataSync());
    const [expected] = (await onCpu(compute)) as [Float32Array];
    expect(error(got as Float32Array, expected, largest(expected))).toBeLessThan(1e-5);
  });

  test('keeps no tensor but its results', () => {
    const before = tf.memory().numTensors;
    const results = tf.tidy(() => gradients({ shape: [3, 4, 5, 6] }));
    expect(tf.memory().numTensors).toBe(before + 5);
    tf.dispose(results);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('serves a part of the inputs', async () => {
    const compute = (): tf.Tensor[] => {
      const x = tf.tensor2d(normals(40, 1), [8, 5]);
      const [mean, variance, offset, scale] = [1, 2, 3, 4].map((i) =>
        tf.tensor1d(values(5, i).map(Math.abs)),
      );
      const f = (scale: tf.Tensor): tf.Tensor =>
        tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale as tf.Tensor1D);
      return [tf.grad(f)(scale as tf.Tensor)];
    };
    const [got] = compute().map((t) => t.dataSync());
    const [expected] = await onCpu(compute);
    expect(error(got as Float32Array, expected as Float32Array, 1)).toBeLessThan(1e-5);
  });
});

type Three = [tf.Tensor, tf.Tensor, tf.Tensor];
type Four = [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
type Five = [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];

function kernelsRun(f: () => void): string[] {
  const names: string[] = [];
  const engine = tf.engine();
  const { runKernel } = engine;
  engine.runKernel = (name, ...rest) => {
    names.push(name);
    return runKernel.call(engine, name, ...rest) as never;
  };
  try {
    f();
  } finally {
    engine.runKernel = runKernel;
  }
  return names;
}

/** What the two kernels give; fails when they change their operands. */
function computed(
  x: Float32Array,
  dy: Float32Array,
  gamma: Float32Array,
  beta: Float32Array,
  shape: number[],
  relu: boolean,
): Record<'y' | 'mean' | 'variance' | 'dx' | 'dgamma' | 'dbeta', Float32Array> {
  return tf.tidy(() => {
    const inputs = {
      x: tf.tensor(x, shape),
      gamma: tf.tensor1d(gamma),
      beta: tf.tensor1d(beta),
    };
    const [y, mean, variance] = run('BclBatchNorm', inputs, { epsilon, relu }) as Three;
    const more = { ...inputs, dy: tf.tensor(dy, shape), y, mean, variance };
    const [dx, dgamma, dbeta] = run('BclBatchNormGrad', more, { epsilon, relu }) as Three;
    expect([y, mean, dgamma, dx].map((t) => t.shape)).toEqual([
      shape,
      [gamma.length],
      [gamma.length],
      shape,
    ]);
    for (const [tensor, before] of [
      [inputs.x, x],
      [more.dy, dy],
      [inputs.gamma, gamma],
      [inputs.beta, beta],
    ] as const) {
      expect(same(tensor.dataSync<'float32'>(), before)).toBe(true);
    }
    const read = (t: tf.Tensor): Float32Array => t.dataSync<'float32'>();
    return {
      y: read(y),
      mean: read(mean),
      variance: read(variance),
      dx: read(dx),
      dgamma: read(dgamma),
      dbeta: read(dbeta),
    };
  });
}
