import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import fc from 'fast-check';
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, run, same, values } from '../testing/kernels.js';
import {
  type Convolution,
  convolvedShape,
  filterGradient,
  inputGradient,
  size,
} from '../testing/naive.js';
import { registerWasmKernels } from './registerWasmKernels.js';

/** Largest error as a share of the largest sum of absolute products: float32's rounding. */
const PRECISION = 2e-6;

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe('DepthwiseConv2dNativeBackpropInput and …Filter', () => {
  test('agree with float64 loops for any filter, stride, padding and dilation', () => {
    const side = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));
    const geometry = fc.record({
      xShape: fc.tuple(count(3), count(11), count(11), count(9)),
      filter: fc.tuple(count(5), count(5)),
      multiplier: fc.oneof(fc.constant(1), count(3)),
      strides: fc.tuple(count(6), count(6)),
      dilations: fc.tuple(count(3), count(3)),
      pad: fc.oneof(
        fc.constant('same' as const),
        fc.constant('valid' as const),
        fc.tuple(side, side),
      ),
    });
    fc.assert(
      fc.property(
        geometry,
        fc.integer({ min: 1, max: 1e9 }),
        ({ filter, multiplier, ...rest }, seed) => {
          const c = depthwise({ ...rest, filterShape: [...filter, 1, multiplier] });
          fc.pre(convolvedShape(c).every((length) => length > 0));
          expectNaive(c, seed);
        },
      ),
      { numRuns: 250 },
    );
  });

  test.each<[string, Partial<Convolution>]>([
    ['one pixel', { xShape: [1, 1, 1, 1] }],
    ['one channel', { xShape: [2, 9, 7, 1] }],
    ['many channels', { xShape: [1, 6, 6, 67] }],
    ['many images', { xShape: [50, 5, 5, 4] }],
    ['a stride larger than the image', { strides: [9, 20] }],
    ['a filter wider than the image', { xShape: [2, 3, 2, 5], filterShape: [5, 7, 1, 1] }],
    ['dilation wider than the image', { xShape: [2, 5, 4, 5], dilations: [7, 6] }],
  ])('keep their precision: %s', (_, partial) => {
    expectNaive(depthwise({ ...small, ...partial }), 7);
  });

  test.each<[string, Partial<Convolution>]>([
    ['no image', { xShape: [0, 6, 7, 4] }],
    ['an image too small for the filter', { xShape: [2, 2, 6, 4], pad: 'valid' }],
  ])('of %s are empty, or zeros', (_, partial) => {
    const c = depthwise({ ...small, ...partial });
    const { dx, dFilter } = computed(c, operands(c, 1));
    expect([dx.length, dFilter.length]).toEqual([size(c.xShape), size(c.filterShape)]);
    expect([largest(dx), largest(dFilter)]).toEqual([0, 0]);
  });

  test.each([1, 3])('let no NaN vanish, with %d outputs a channel', (multiplier) => {
    const c = depthwise({ ...small, filterShape: [3, 3, 1, multiplier] });
    for (const name of ['x', 'filter', 'dy'] as const) {
      const o = operands(c, 2);
      o[name][o[name].length >> 1] = Number.NaN;
      const got = computed(c, o);
      const naive = expected(c, o);
      for (const result of ['dx', 'dFilter'] as const) {
        const lost = naive[result].findIndex(
          (v, i) => Number.isNaN(v) && !Number.isNaN(got[result][i]),
        );
        expect({ name, result, lost }).toEqual({ name, result, lost: -1 });
      }
    }
  });

  test('make one tensor each', () => {
    const c = depthwise(small);
    const [x, filter, dy] = tensors(c, operands(c, 1));
    const before = tf.memory();
    const results = kernels(c, x, filter, dy);
    expect(tf.memory().numTensors).toBe(before.numTensors + 2);
    tf.dispose(results);
    expect(tf.memory()).toEqual(before);
  });

  test.each([
    ['one output a channel', 1, 1],
    ['two outputs a channel, strided', 2, 2],
  ])('are what tf.grads gives on the cpu backend: %s', async (_, multiplier, stride) => {
    const gradients = (): tf.Tensor[] => {
      const x = tf.tensor4d(values(2 * 9 * 8 * 5, 1), [2, 9, 8, 5]);
      const filter = tf.tensor4d(values(9 * 5 * multiplier, 2), [3, 3, 5, multiplier]);
      const f = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
        tf.square(tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same'));
      return tf.grads((x, filter) => f(x as tf.Tensor, filter as tf.Tensor))([x, filter]);
    };
    const got = gradients().map((t) => t.dataSync());
    for (const [i, gradient] of (await onCpu(gradients)).entries()) {
      expect(error(got[i] as Float32Array, gradient, largest(gradient))).toBeLessThan(1e-5);
    }
  });
});

/** Where a test leaves something open. */
const small: Convolution = {
  xShape: [2, 9, 10, 6],
  filterShape: [3, 3, 1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
};

interface Operands {
  x: Float32Array;
  filter: Float32Array;
  dy: Float32Array;
}

interface Gradients<T> {
  dx: T;
  dFilter: T;
}

function count(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: most });
}

/** A convolution in as many groups as channels; its filter's last length is taken for the outputs of each. */
function depthwise(c: Convolution): Convolution {
  const channels = c.xShape[3];
  const [height, width, , multiplier] = c.filterShape;
  return { ...c, groups: channels, filterShape: [height, width, 1, channels * multiplier] };
}

function operands(c: Convolution, seed: number): Operands {
  return {
    x: values(size(c.xShape), seed),
    filter: values(size(c.filterShape), seed + 1),
    dy: values(size(convolvedShape(c)), seed + 2),
  };
}

/** The filter's shape as tf.depthwiseConv2d has it. */
function depthwiseShape({ filterShape, xShape }: Convolution): [number, number, number, number] {
  const [height, width, , outputs] = filterShape;
  return [height, width, xShape[3], outputs / xShape[3]];
}

function tensors(c: Convolution, o: Operands): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return [
    tf.tensor(o.x, c.xShape),
    tf.tensor(o.filter, depthwiseShape(c)),
    tf.tensor(o.dy, convolvedShape(c)),
  ];
}

/** The two kernels under test: [dx, dFilter]. */
function kernels(c: Convolution, x: tf.Tensor, filter: tf.Tensor, dy: tf.Tensor): tf.Tensor[] {
  const pad = typeof c.pad === 'string' ? c.pad : [[0, 0], ...c.pad, [0, 0]];
  const attrs = { strides: c.strides, pad, dilations: c.dilations };
  const name = 'DepthwiseConv2dNativeBackprop';
  return [
    ...run(`${name}Input`, { dy, filter }, { ...attrs, inputShape: c.xShape }),
    ...run(`${name}Filter`, { x, dy }, { ...attrs, filterShape: depthwiseShape(c) }),
  ];
}

/** What the kernels give; fails when they change their operands. */
function computed(c: Convolution, o: Operands): Gradients<Float32Array> {
  return tf.tidy(() => {
    const given = tensors(c, o);
    const results = kernels(c, ...given);
    expect(results.map((t) => t.shape)).toEqual([c.xShape, depthwiseShape(c)]);
    for (const [i, before] of [o.x, o.filter, o.dy].entries()) {
      expect(same((given[i] as tf.Tensor).dataSync<'float32'>(), before)).toBe(true);
    }
    const [dx, dFilter] = results.map((t) => t.dataSync()) as [Float32Array, Float32Array];
    return { dx, dFilter };
  });
}

function expected(c: Convolution, { x, filter, dy }: Operands): Gradients<Float64Array> {
  return { dx: inputGradient(c, dy, filter), dFilter: filterGradient(c, x, dy) };
}

function expectNaive(c: Convolution, seed: number): void {
  const o = operands(c, seed);
  const got = computed(c, o);
  const naive = expected(c, o);
  const absolute = { x: o.x.map(Math.abs), filter: o.filter.map(Math.abs), dy: o.dy.map(Math.abs) };
  const sums = expected(c, absolute);
  for (const name of ['dx', 'dFilter'] as const) {
    const off = error(got[name], naive[name], Math.max(largest(sums[name]), 1e-30));
    if (!(off < PRECISION)) throw new Error(`${name} is off by ${off} of the largest sum`);
  }
}
