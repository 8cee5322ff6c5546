import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {
  channelsAgree,
  count,
  hasResult,
  type Operands,
  operands,
  padding,
  tensors,
} from '../testing/convolutions.js';
import { error, largest, run, same } from '../testing/kernels.js';
import {
  type Convolution,
  convolve,
  convolvedShape,
  filterGradient,
  inputGradient,
  size,
} from '../testing/naive.js';
import { poison } from '../testing/poison.js';
import { F16_FLAG } from './halves.js';
import { registerWebgpuKernels } from './registerWebgpuKernels.js';
import type { WebgpuBackend } from './webgpuKernel.js';

/** Largest error as a share of the largest sum of absolute products: float32's rounding, and float16's of the operands. */
const PRECISION = 2e-6;
const F16_PRECISION = 1e-3;

describe('the gradients of Conv2D', () => {
  test('agree with float64 loops for any filter, stride, padding and dilation', async () => {
    const geometry = fc.record({
      xShape: fc.tuple(count(3), count(11), count(11), count(9)),
      filterShape: fc.tuple(count(5), count(5), fc.constant(-1), count(18)),
      strides: fc.tuple(count(6), count(6)),
      dilations: fc.tuple(count(3), count(3)),
      pad: padding(4),
    });
    await fc.assert(
      fc.asyncProperty(geometry.map(channelsAgree).filter(hasResult), count(1e9), (c, start) =>
        expectNaive(c, start),
      ),
      { numRuns: 12 },
    );
  }, 120_000); // shaders compile

  test.each<[string, Partial<Convolution>]>([
    ['one pixel', { xShape: [1, 1, 1, 1], filterShape: [3, 3, 1, 1] }],
    ['one channel to one', { xShape: [2, 9, 7, 1], filterShape: [3, 3, 1, 1] }],
    ['two channels', { xShape: [2, 9, 7, 2], filterShape: [3, 3, 2, 3] }],
    ['sums in two parts', { xShape: [3, 10, 11, 5], filterShape: [3, 3, 5, 7] }],
    ['many channels, several tiles', { xShape: [1, 6, 6, 67], filterShape: [3, 3, 67, 70] }],
    ['1×1', { xShape: [2, 9, 9, 13], filterShape: [1, 1, 13, 17] }],
    ['1×1 of stride 2', { xShape: [2, 9, 8, 13], filterShape: [1, 1, 13, 17], strides: [2, 2] }],
    ['one row of taps', { xShape: [2, 1, 30, 4], filterShape: [1, 7, 4, 4] }],
    ['a stride that skips pixels', { filterShape: [1, 2, 5, 8], strides: [3, 5], pad: 'valid' }],
    ['a stride larger than the image', { strides: [9, 20], filterShape: [2, 2, 5, 8] }],
    ['dilation', { dilations: [2, 3], xShape: [2, 12, 13, 5] }],
    ['dilation and stride', { dilations: [2, 3], strides: [2, 2], xShape: [2, 12, 13, 5] }],
    [
      'padding wider than the filter',
      {
        pad: [
          [4, 0],
          [1, 6],
        ],
        strides: [2, 1],
      },
    ],
  ])('keep their precision: %s', async (_, partial) => {
    await expectNaive({ ...small, ...partial }, 7);
  });

  test.each<[string, Partial<Convolution>]>([
    ['no image', { xShape: [0, 6, 7, 5] }],
    ['no channel', { xShape: [2, 6, 7, 0], filterShape: [3, 3, 0, 8] }],
    ['no output', { filterShape: [3, 3, 5, 0] }],
    ['an image too small for the filter', { xShape: [2, 2, 6, 5], pad: 'valid' }],
  ])('of %s are empty, or zeros', async (_, partial) => {
    const c = { ...small, ...partial };
    const { dx, dFilter } = await computed(c, operands(c, 3));
    expect([dx.length, dFilter.length]).toEqual([size(c.xShape), size(c.filterShape)]);
    expect([largest(dx), largest(dFilter)]).toEqual([0, 0]);
  });

  test.each([1, 2])('are the slopes that finite differences give: stride %s', async (stride) => {
    const c: Convolution = { ...small, strides: [stride, stride] };
    const o = operands(c, 11);
    const { dx, dFilter } = await computed(c, o);
    // The sum of y · dy is linear in x and in the filter: a difference over any distance is the slope.
    const at = (x: Float32Array, filter: Float32Array): number =>
      convolve(c, x, filter).reduce((sum, y, i) => sum + y * (o.dy[i] as number), 0);
    for (const i of [0, 13, 97]) {
      const [moved, turned] = [Float32Array.from(o.x), Float32Array.from(o.filter)];
      moved[i] = (moved[i] as number) + 1;
      turned[i] = (turned[i] as number) + 1;
      expect(dx[i]).toBeCloseTo(at(moved, o.filter) - at(o.x, o.filter), 3);
      expect(dFilter[i]).toBeCloseTo(at(o.x, turned) - at(o.x, o.filter), 3);
    }
  });

  test('are the same bit for bit from run to run', async () => {
    const c: Convolution = { ...small, xShape: [3, 20, 20, 5] };
    const [first, again] = [await computed(c, operands(c, 5)), await computed(c, operands(c, 5))];
    expect(same(first.dx, again.dx)).toBe(true);
    expect(same(first.dFilter, again.dFilter)).toBe(true);
  });

  test('leave it to TensorFlow.js where they are off, and for channels first', async () => {
    const c: Convolution = { ...small, dilations: [1, 1] };
    const [x, filter, dy] = tensors(c, operands(c, 3));
    const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC' };
    const gradients = (): tf.Tensor[] => [
      ...run('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: c.filterShape }),
      ...run('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: c.xShape }),
    ];
    const programs = jest.spyOn(tf.backend() as WebgpuBackend, 'runWebGPUProgram');
    const ran = (): string[] => programs.mock.calls.map(([{ shaderKey }]) => shaderKey);
    const ours = gradients();
    expect(ran().join()).toMatch(/bcl_filterGradient.*bcl_inputGradient/s);
    expect(ran().join()).not.toMatch(/conv2DDer/);
    await registerWebgpuKernels({ off: ['Conv2DBackpropFilter', 'Conv2DBackpropInput'] });
    programs.mockClear();
    const stock = gradients();
    expect(ran().join()).toMatch(/conv2DDerFilter.*conv2DDerInput/s);
    expect(ran().join()).not.toMatch(/bcl_/);
    await registerWebgpuKernels({ off: [] });
    programs.mockRestore();
    for (const [i, expected] of stock.entries()) {
      await expect(ours[i]).toBeAllClose(expected, { atol: 1e-4 });
    }
    const turned = [0, 3, 1, 2];
    const [first] = run(
      'Conv2DBackpropFilter',
      { x: tf.transpose(x, turned), dy: tf.transpose(dy, turned) },
      { ...attrs, dataFormat: 'NCHW', filterShape: c.filterShape },
    );
    await expect(first as tf.Tensor).toBeAllClose(stock[0] as tf.Tensor, { atol: 1e-4 });
  });

  test('keep their operands, make one tensor each, and let NaN through', async () => {
    const c: Convolution = { ...small, xShape: [3, 20, 20, 5] };
    const o = operands(c, 3);
    o.dy[5] = Number.NaN;
    const [x, filter, dy] = tensors(c, o);
    const before = tf.memory().numTensors;
    const data = tf.engine().backend.numDataIds();
    const results = gradientsOf(c, x, filter, dy);
    expect(tf.memory().numTensors).toBe(before + 2);
    const [dx, dFilter] = (await Promise.all(results.map((t) => t.data()))) as [
      Float32Array,
      Float32Array,
    ];
    expect(tf.engine().backend.numDataIds()).toBe(data + 2);
    expect(dFilter.some(Number.isNaN)).toBe(true);
    expect(dx.filter(Number.isNaN).length).toBe(2 * 2 * 5); // a corner's window
    expect(same((await dy.data()) as Float32Array, o.dy)).toBe(true);
    expect(same((await x.data()) as Float32Array, o.x)).toBe(true);
    expect(same((await filter.data()) as Float32Array, o.filter)).toBe(true);
  });
});

describe('BclGroupedConv2D and its gradients', () => {
  test('agree with float64 loops for any filter, stride and padding, whatever the groups', async () => {
    const geometry = fc.record({
      groups: count(4),
      xShape: fc.tuple(count(2), count(9), count(9), count(5)),
      filterShape: fc.tuple(count(3), count(3), fc.constant(-1), count(6)),
      strides: fc.tuple(count(3), count(3)),
      dilations: fc.constant<[number, number]>([1, 1]),
      pad: padding(2),
    });
    const inGroups = (c: Convolution): Convolution => {
      const [batch, height, width, channels] = c.xShape;
      const [rows, columns, , outputs] = c.filterShape;
      const groups = c.groups as number;
      return {
        ...c,
        xShape: [batch, height, width, channels * groups],
        filterShape: [rows, columns, channels, outputs * groups],
      };
    };
    await fc.assert(
      fc.asyncProperty(geometry.map(inGroups).filter(hasResult), count(1e9), (c, start) =>
        expectNaive(c, start),
      ),
      { numRuns: 5 },
    );
  }, 120_000);
});

describe('with operands stored in float16', () => {
  beforeAll(() => tf.env().set(F16_FLAG, true));
  afterAll(() => tf.env().set(F16_FLAG, false));

  test.each<[string, Partial<Convolution>]>([
    ['one pixel', { xShape: [1, 1, 1, 1], filterShape: [3, 3, 1, 1] }],
    ['one channel to one', { xShape: [2, 9, 7, 1], filterShape: [3, 3, 1, 1] }],
    ['sums in two parts', { xShape: [3, 10, 11, 5], filterShape: [3, 3, 5, 7] }],
    ['several tiles', { xShape: [1, 6, 6, 67], filterShape: [3, 3, 67, 70] }],
    ['dilation and stride', { dilations: [2, 3], strides: [2, 2], xShape: [2, 12, 13, 5] }],
    ['groups', { xShape: [2, 8, 7, 6], filterShape: [3, 3, 3, 10], groups: 2 }],
  ])('gradients are off by less than a thousandth: %s', async (_, partial) => {
    await expectNaive({ ...small, ...partial }, 7, F16_PRECISION);
  });

  test.each([1e-36, 1e-30, 1e-12, 1e12, 1e30])(
    'so are gradients of the size of %d',
    async (scale) => {
      const o = operands(small, 5);
      const { dx, dFilter } = await computed(small, o);
      const scaled = await computed(small, { ...o, dy: o.dy.map((x) => x * scale) });
      expect(
        error(
          scaled.dx.map((x) => x / scale),
          dx,
          largest(dx),
        ),
      ).toBeLessThan(1e-3);
      expect(
        error(
          scaled.dFilter.map((x) => x / scale),
          dFilter,
          largest(dFilter),
        ),
      ).toBeLessThan(1e-3);
    },
  );

  test('gradients of no output are empty, or zeros', async () => {
    const c: Convolution = { ...small, filterShape: [3, 3, 5, 0] };
    const { dx, dFilter } = await computed(c, operands(c, 3));
    expect([dx.length, dFilter.length]).toEqual([size(c.xShape), 0]);
    expect(largest(dx)).toBe(0);
  });

  test('it is the operands that are rounded, and only with the flag', async () => {
    const o = operands(small, 3);
    const rounded = await computed(small, o);
    tf.env().set(F16_FLAG, false);
    const exact = await computed(small, o);
    tf.env().set(F16_FLAG, true);
    for (const which of ['dx', 'dFilter'] as const) {
      const off = error(rounded[which], exact[which], largest(exact[which]));
      expect(off).toBeGreaterThan(1e-5);
      expect(off).toBeLessThan(1e-3);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'one %d makes all of a gradient NaN, and nothing is left over',
    async (bad) => {
      const o = operands(small, 3);
      o.dy[5] = bad;
      const [x, filter, dy] = tensors(small, o);
      const data = tf.engine().backend.numDataIds();
      const results = gradientsOf(small, x, filter, dy);
      for (const gradient of results) {
        expect((await gradient.data()).every(Number.isNaN)).toBe(true);
      }
      expect(tf.engine().backend.numDataIds()).toBe(data + 2);
      tf.dispose([x, filter, dy, results]);
    },
  );
});

/** Where a test leaves something open. */
const small: Convolution = {
  xShape: [2, 9, 10, 5],
  filterShape: [3, 3, 5, 8],
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
};

interface Results {
  y?: Float32Array;
  dx: Float32Array;
  dFilter: Float32Array;
}

function attrsOf({ pad, strides, dilations, groups }: Convolution): object {
  const explicit = typeof pad === 'string' ? pad : [[0, 0], ...pad, [0, 0]];
  return { strides, pad: explicit, dilations, dataFormat: 'NHWC', ...(groups && { groups }) };
}

/** The two kernels under test: [dx, dFilter]. */
function gradientsOf(c: Convolution, x: tf.Tensor, filter: tf.Tensor, dy: tf.Tensor): tf.Tensor[] {
  const name = c.groups ? 'BclGroupedConv2D' : 'Conv2D';
  return [
    ...run(`${name}BackpropInput`, { dy, filter }, { ...attrsOf(c), inputShape: c.xShape }),
    ...run(`${name}BackpropFilter`, { x, dy }, { ...attrsOf(c), filterShape: c.filterShape }),
  ];
}

/** What the kernels give, from memory that held NaN before. */
async function computed(c: Convolution, o: Operands): Promise<Results> {
  const [x, filter, dy] = tensors(c, o);
  await poison(size(c.xShape), size(c.filterShape), size(convolvedShape(c)));
  const results = gradientsOf(c, x, filter, dy);
  expect(results.map((t) => t.shape)).toEqual([c.xShape, c.filterShape]);
  if (c.groups) results.push(...run('BclGroupedConv2D', { x, filter }, attrsOf(c)));
  const [dx, dFilter, y] = (await Promise.all(results.map((t) => t.data()))) as Float32Array[];
  tf.dispose([x, filter, dy, results]);
  return { dx, dFilter, ...(y && { y }) } as Results;
}

/** Compares the kernels with float64 loops, their error as a share of the largest sum of absolute products. */
async function expectNaive(c: Convolution, start: number, precision = PRECISION): Promise<void> {
  const o = operands(c, start);
  const { dx, dFilter, y } = await computed(c, o);
  const [x, filter, dy] = [o.x, o.filter, o.dy].map((part) => part.map(Math.abs)) as Three;
  const check = (what: string, got: Float32Array, naive: Float64Array, sums: Float64Array) => {
    const off = error(got, naive, largest(sums));
    if (!(off < precision)) throw new Error(`${what} is off by ${off} of the largest sum`);
  };
  check('dx', dx, inputGradient(c, o.dy, o.filter), inputGradient(c, dy, filter));
  check('dFilter', dFilter, filterGradient(c, o.x, o.dy), filterGradient(c, x, dy));
  if (y) check('y', y, convolve(c, o.x, o.filter), convolve(c, x, filter));
}

type Three = [Float32Array, Float32Array, Float32Array];
