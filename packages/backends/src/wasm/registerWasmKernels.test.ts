import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { error, largest, onCpu, run, values } from '../testing/kernels.js';
import {
  type Convolution,
  convolve,
  convolvedShape,
  filterGradient,
  size,
} from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

const ours = [
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'BatchMatMul',
  'BclBatchNorm',
  'BclBatchNormGrad',
  'BclFusedBatchNormGrad',
  'MaxPoolGrad',
  'AvgPoolGrad',
  'FusedConv2D',
  '_FusedMatMul',
  'Identity',
  'BclSoftmaxLoss',
  'Mean',
  'BclMeanGrad',
  'BclSgd',
  'BclAdam',
];

afterEach(() => jest.restoreAllMocks());

describe('registerWasmKernels', () => {
  test('names the build and the kernels that are ours now', async () => {
    const { build, registered, reason } = await registerWasmKernels();
    expect(build).toMatch(/^(relaxed|simd)$/);
    expect(registered).toEqual(expect.arrayContaining(ours));
    expect(new Set(registered).size).toBe(registered.length);
    for (const name of registered) expect(tf.getKernel(name, 'wasm')).toBeDefined();
    expect(reason).toBeUndefined();
  });

  test('does nothing when called again, from another backend too', async () => {
    const result = await registerWasmKernels();
    const before = registry();
    expect(await registerWasmKernels()).toEqual(result);
    await tf.setBackend('cpu');
    const fromCpu = await registerWasmKernels();
    expect(fromCpu).toEqual({
      build: undefined,
      revectorized: false,
      registered: [],
      off: [],
      reason: 'the current backend is cpu, not wasm',
    });
    await tf.setBackend('wasm');
    expect(await registerWasmKernels()).toEqual(result);
    expect(registry()).toEqual(before);
  });

  test('does its work once for calls at a time', async () => {
    await registered(copyOfBackend(), async () => {
      const compile = jest.spyOn(WebAssembly, 'instantiate');
      const [first, second] = await Promise.all([registerWasmKernels(), registerWasmKernels()]);
      expect(first).toEqual(second);
      expect(compile).toHaveBeenCalledTimes(1);
    });
  });

  test.each<[string, () => object, string | RegExp]>([
    ['no module', () => ({}), /keeps its heap elsewhere; our kernels know 4\.22$/],
    ['no exports', () => ({ wasm: { _malloc: () => 0 } }), /keeps its heap elsewhere/],
    ['no memory', () => ({ wasm: { asm: {}, _malloc: () => 0 } }), /keeps its heap elsewhere/],
    [
      'no malloc',
      () => ({ wasm: { asm: { memory: new WebAssembly.Memory({ initial: 1 }) } } }),
      /elsewhere/,
    ],
    [
      'a shared heap',
      () => ({
        wasm: {
          asm: { memory: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }) },
          _malloc: () => 0,
        },
      }),
      /runs its threaded build, whose heap is shared; our kernels want the single-threaded one$/,
    ],
  ])('changes nothing for a backend with %s', async (_, backend, reason) => {
    await registered(backend() as tf.KernelBackend, async () => {
      const before = registry();
      const result = await registerWasmKernels();
      expect(result).toEqual({
        build: undefined,
        revectorized: false,
        registered: [],
        off: [],
        reason: expect.stringMatching(reason),
      });
      expect(registry()).toEqual(before);
    });
  });

  test('changes nothing without SIMD', async () => {
    await registered(copyOfBackend(), async () => {
      const before = registry();
      jest.spyOn(WebAssembly, 'validate').mockReturnValue(false);
      expect(await registerWasmKernels()).toEqual({
        build: undefined,
        revectorized: false,
        registered: [],
        off: [],
        reason: 'this JavaScript engine has no WebAssembly SIMD',
      });
      expect(registry()).toEqual(before);
    });
  });

  test('takes the build without relaxed SIMD where the engine lacks that', async () => {
    await registered(copyOfBackend(), async () => {
      const lacking = [false, false]; // asked, allowed by a flag of the engine, asked again
      const { validate } = WebAssembly;
      jest
        .spyOn(WebAssembly, 'validate')
        .mockImplementation((bytes) => lacking.pop() ?? validate(bytes));
      expect((await registerWasmKernels()).build).toBe('simd');
      expectConvolves();
    });
    expect((await registerWasmKernels()).build).not.toBeUndefined();
    expectConvolves();
  });

  test('switches kernels off by name, all of them, and on again', async () => {
    await registerWasmKernels();
    const before = registry();
    const own = (name: string): boolean => before.includes(tf.getKernel(name, 'wasm'));
    const some = await registerWasmKernels({ off: ['Conv2D', 'BclSgd'] });
    expect(some.off).toEqual(['Conv2D', 'BclSgd']);
    expect(some.registered).not.toContain('Conv2D');
    expect([own('Conv2D'), own('Conv2DBackpropInput')]).toEqual([false, true]);
    expect(tf.getKernel('BclSgd', 'wasm')).toBeUndefined();
    expectConvolves();
    expect((await registerWasmKernels()).off).toEqual(some.off);
    const none = await registerWasmKernels({ off: 'all' });
    expect(none.registered).toEqual([]);
    expectConvolves();
    expect((await registerWasmKernels({ off: [] })).off).toEqual([]);
    expect(registry()).toEqual(before);
  });

  test('refuses to switch off what there is not', async () => {
    await expect(registerWasmKernels({ off: ['conv2d'] })).rejects.toThrow(
      /^registerWasmKernels: off must name kernels of ours, or be 'all', got 'conv2d'; there are Conv2D, /,
    );
  });

  test.each<[string, Convolution]>([
    ['same', convolution({})],
    ['strided, valid, pixels left over', convolution({ strides: [2, 3], pad: 'valid' })],
    ['strided, same', convolution({ strides: [2, 2], filterShape: [5, 2, 4, 3] })],
    [
      'padded by hand',
      convolution({
        pad: [
          [2, 1],
          [0, 3],
        ],
      }),
    ],
    ['dilated', convolution({ dilations: [2, 3] })],
    ['no image', convolution({ xShape: [0, 9, 10, 4] })],
  ])('has the gradient of convolutions composed while it is off: %s', async (_, c) => {
    const x = values(size(c.xShape), 1);
    const dy = values(size(convolvedShape(c)), 2);
    await registerWasmKernels({ off: 'all' });
    const before = tf.memory().numTensors;
    try {
      const pad = typeof c.pad === 'string' ? c.pad : [[0, 0], ...c.pad, [0, 0]];
      const { strides, dilations, filterShape } = c;
      const [dFilter] = tf.tidy(() =>
        run(
          'Conv2DBackpropFilter',
          { x: tf.tensor4d(x, c.xShape), dy: tf.tensor4d(dy, convolvedShape(c)) },
          { strides, dilations, pad, filterShape, dataFormat: 'NHWC' },
        ),
      ) as [tf.Tensor];
      expect(tf.memory().numTensors).toBe(before + 1);
      const naive = filterGradient(c, x, dy);
      expect(error(dFilter.dataSync(), naive, Math.max(largest(naive), 1e-30))).toBeLessThan(1e-5);
      dFilter.dispose();
    } finally {
      await registerWasmKernels({ off: [] });
    }
  });

  test('composes the gradient of convolutions where its kernels cannot be', async () => {
    const known = tf.getKernel('Conv2DBackpropFilter', 'wasm');
    tf.unregisterKernel('Conv2DBackpropFilter', 'wasm');
    await registered({} as tf.KernelBackend, async () => {
      expect((await registerWasmKernels()).reason).toMatch(/keeps its heap elsewhere/);
      const composed = tf.getKernel('Conv2DBackpropFilter', 'wasm');
      expect(composed).toBeDefined();
      expect(composed).not.toBe(known);
    });
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined();
  });

  test('lets the gradient of tf.batchNorm be registered after it', async () => {
    const config = tf.getGradient('FusedBatchNorm');
    tf.unregisterGradient('FusedBatchNorm');
    await registerWasmKernels();
    expect(tf.getGradient('FusedBatchNorm')).toBeUndefined();
    const late = { ...config, kernelName: 'FusedBatchNorm' };
    tf.registerGradient(late);
    await registerWasmKernels();
    const replaced = tf.getGradient('FusedBatchNorm');
    expect(replaced).not.toBe(late);
    await registerWasmKernels();
    expect(tf.getGradient('FusedBatchNorm')).toBe(replaced);
  });
});

describe('a model of layers of TensorFlow.js', () => {
  const batch = (): [tf.Tensor4D, tf.Tensor2D] => [
    tf.tensor4d(values(8 * 13 * 12 * 3, 1), [8, 13, 12, 3]),
    tf.oneHot(tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3], 'int32'), 4) as tf.Tensor2D,
  ];

  test('has the gradients that it has on the cpu backend', async () => {
    const gradients = (): tf.Tensor[] => {
      const net = model();
      const [x, labels] = batch();
      const weights = net.trainableWeights.map((w) => (w as unknown as { val: tf.Variable }).val);
      const { grads, value } = tf.variableGrads(() => {
        const logits = net.apply(x, { training: true }) as tf.Tensor2D;
        return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1))) as tf.Scalar;
      }, weights);
      return [value, ...Object.values(grads)];
    };
    const onWasm = gradients().map((t) => t.dataSync());
    const expected = await onCpu(gradients);
    expect(expected).toHaveLength(1 + 2 + 2 + 2 + 2 + 2 + 2);
    for (const [i, gradient] of expected.entries()) {
      expect(
        error(onWasm[i] as Float32Array, gradient, Math.max(0.01, largest(gradient))),
      ).toBeLessThan(1e-4);
    }
  });

  test('predicts what it predicts on the cpu backend', async () => {
    const predict = (): tf.Tensor[] => [model().predict(batch()[0]) as tf.Tensor];
    const [got] = predict().map((t) => t.dataSync());
    const [expected] = (await onCpu(predict)) as [Float32Array];
    expect(error(got as Float32Array, expected, largest(expected))).toBeLessThan(1e-5);
  });

  test('learns, and keeps no tensor of a step', async () => {
    const net = model();
    net.add(layers.softmax());
    net.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' });
    const [x, labels] = batch();
    const losses: number[] = [];
    const counts: number[] = [];
    for (let i = 0; i < 20; i++) {
      losses.push((await net.trainOnBatch(x, labels)) as number);
      counts.push(tf.memory().numTensors);
    }
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
    expect(counts.at(-1)).toBe(counts[1]);
  });
});

// The last: it ends the backend that the tests before it use.
test('a second wasm backend gets kernels of its own', async () => {
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  await tf.setBackend('wasm');
  expect((await registerWasmKernels()).registered).toEqual(expect.arrayContaining(ours));
  expectConvolves();
  // What falls back to the kernel of TensorFlow.js works with the new backend too.
  const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const y = tf.fused.matMul({ a, b: a, activation: 'relu6' });
  expect([...y.dataSync()]).toEqual([6, 6, 6, 6]);
});

/** Someone's model: depthwise and strided convolutions, pooling, batch normalisation, dense. */
function model(): ReturnType<typeof sequential> {
  const net = sequential({
    layers: [
      layers.depthwiseConv2d({ inputShape: [13, 12, 3], kernelSize: 3, depthMultiplier: 2 }),
      layers.conv2d({ filters: 7, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.batchNormalization(),
      layers.conv2d({ filters: 6, kernelSize: [3, 2], strides: [2, 3], padding: 'same' }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      layers.flatten(),
      layers.dense({ units: 9, activation: 'relu' }),
      layers.dense({ units: 4 }),
    ],
  });
  const weights = net.weights.map(({ originalName, shape }, i) => {
    const plain = tf.tensor(
      values(tf.util.sizeFromShape(shape as number[]), i + 1),
      shape as number[],
    );
    return originalName.includes('variance') ? tf.abs(plain) : tf.mul(plain, 0.3);
  });
  (net as LayersModel).setWeights(weights);
  return net;
}

function convolution(partial: Partial<Convolution>): Convolution {
  return {
    xShape: [2, 9, 10, 4],
    filterShape: [3, 3, 4, 3],
    strides: [1, 1],
    dilations: [1, 1],
    pad: 'same',
    ...partial,
  };
}

/** Everything registered for wasm. */
function registry(): tf.KernelConfig[] {
  return tf.getKernelsForBackend('wasm');
}

/** Runs `f` with another backend under the name wasm, then puts the true one and its kernels back. */
async function registered(backend: tf.KernelBackend, f: () => Promise<void>): Promise<void> {
  const engine = tf.engine() as unknown as { backendInstance: tf.KernelBackend };
  const { backendInstance } = engine;
  engine.backendInstance = backend;
  try {
    await f();
  } finally {
    engine.backendInstance = backendInstance;
    jest.restoreAllMocks();
    await registerWasmKernels();
  }
}

/** The wasm backend as another object. */
function copyOfBackend(): tf.KernelBackend {
  return Object.create(tf.backend()) as tf.KernelBackend;
}

function expectConvolves(): void {
  for (const stride of [1, 2]) {
    const c: Convolution = {
      xShape: [2, 7, 6, 5],
      filterShape: [3, 3, 5, 9],
      strides: [stride, stride],
      dilations: [1, 1],
      pad: 'same',
    };
    const x = values(2 * 7 * 6 * 5, 1);
    const filter = values(3 * 3 * 5 * 9, 2);
    const [y] = run(
      'Conv2D',
      { x: tf.tensor4d(x, c.xShape), filter: tf.tensor4d(filter, c.filterShape) },
      { strides: stride, pad: 'same', dataFormat: 'NHWC', dilations: 1 },
    );
    const expected = convolve(c, x, filter);
    expect(error((y as tf.Tensor).dataSync(), expected, largest(expected))).toBeLessThan(2e-5);
  }
}
