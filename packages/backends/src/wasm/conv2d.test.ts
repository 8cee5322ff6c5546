import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
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
import { guardHeap } from '../testing/guardHeap.js';
import { error, largest, onCpu, run, same, values } from '../testing/kernels.js';
import {
  type Convolution,
  convolve,
  convolvedShape,
  filterGradient,
  inputGradient,
  size,
} from '../testing/naive.js';
import type { WasmBackend } from './heap.js';
import { registerWasmKernels } from './registerWasmKernels.js';

/**
 * Largest error as a share of the largest value, or, where sums cancel, of the largest sum of absolute products.
 * Winograd's tiles of 4×4 multiply by 8 and 1/24 on their way; the direct sum has only float32's rounding.
 */
const WINOGRAD = 2e-5;
const DIRECT = 2e-6;

const two: Partial<Convolution> = { strides: [2, 2] };

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

describe('Conv2D and its gradients', () => {
  test.each([1, 2])('agree with float64 loops for any 3×3 filter of stride %i', (stride) => {
    const geometry = fc.record({
      xShape: fc.tuple(count(3), count(11 * stride), count(11 * stride), count(9)),
      filterShape: fc.tuple(fc.constant(3), fc.constant(3), fc.constant(-1), count(18)),
      strides: fc.constant<[number, number]>([stride, stride]),
      dilations: fc.constant<[number, number]>([1, 1]),
      pad: padding(5),
    });
    fc.assert(
      fc.property(geometry.map(channelsAgree).filter(hasResult), seed(), (c, start) => {
        expectNaive(c, start, WINOGRAD);
      }),
      { numRuns: 150 },
    );
  });

  test('agree with float64 loops for any filter, stride, padding and dilation', () => {
    const geometry = fc.record({
      xShape: fc.tuple(count(3), count(11), count(11), count(9)),
      filterShape: fc.tuple(count(5), count(5), fc.constant(-1), count(18)),
      strides: fc.tuple(count(6), count(6)),
      dilations: fc.tuple(count(3), count(3)),
      pad: padding(4),
    });
    fc.assert(
      fc.property(
        geometry.map(channelsAgree).filter(hasResult).filter(isDirect),
        seed(),
        (c, start) => {
          expectNaive(c, start, DIRECT);
        },
      ),
      { numRuns: 250 },
    );
  });

  test('agree with float64 loops for any 1×1 filter and stride', () => {
    const geometry = fc.record({
      xShape: fc.tuple(count(3), count(11), count(11), count(9)),
      filterShape: fc.tuple(fc.constant(1), fc.constant(1), fc.constant(-1), count(18)),
      strides: fc.tuple(count(4), count(4)),
      dilations: fc.constant<[number, number]>([1, 1]),
      pad: fc.oneof(fc.constant('same' as const), fc.constant('valid' as const), padding(2)),
    });
    fc.assert(
      fc.property(geometry.map(channelsAgree).filter(hasResult), seed(), (c, start) => {
        expectNaive(c, start, DIRECT);
      }),
      { numRuns: 100 },
    );
  });

  // A block is at most 108 tiles of 4×4 results, or 60 for stride 2.
  test.each<[string, Partial<Convolution>]>([
    ['one pixel', { xShape: [1, 1, 1, 1], filterShape: [3, 3, 1, 1] }],
    ['one channel to one', { xShape: [2, 9, 7, 1], filterShape: [3, 3, 1, 1] }],
    ['one block in full: 108 tiles', { xShape: [3, 24, 24, 2], filterShape: [3, 3, 2, 3] }],
    ['a tile more than a block', { xShape: [1, 4, 436, 2], filterShape: [3, 3, 2, 3] }],
    ['an image over three blocks', { xShape: [1, 60, 61, 3], filterShape: [3, 3, 3, 5] }],
    ['images over two blocks each', { xShape: [3, 45, 45, 1], filterShape: [3, 3, 1, 2] }],
    ['blocks that end within images', { xShape: [7, 18, 22, 3], filterShape: [3, 3, 3, 9] }],
    ['many images in a block', { xShape: [50, 5, 5, 4], filterShape: [3, 3, 4, 8] }],
    ['many channels', { xShape: [1, 6, 6, 67], filterShape: [3, 3, 67, 33] }],
    [
      'padding wider than the filter',
      {
        pad: [
          [4, 0],
          [1, 6],
        ],
        xShape: [2, 5, 6, 4],
      },
    ],
    ['stride 2: one pixel', { ...two, xShape: [1, 1, 1, 1], filterShape: [3, 3, 1, 1] }],
    ['stride 2: one block in full', { ...two, xShape: [3, 47, 48, 2], filterShape: [3, 3, 2, 3] }],
    ['stride 2: a tile more', { ...two, xShape: [1, 7, 871, 2], filterShape: [3, 3, 2, 3] }],
    ['stride 2: an image over three blocks', { ...two, xShape: [1, 121, 120, 3] }],
    ['stride 2: blocks that end within images', { ...two, xShape: [7, 35, 44, 3] }],
    ['stride 2: many images in a block', { ...two, xShape: [50, 9, 10, 4] }],
    ['stride 2: many channels', { ...two, xShape: [1, 11, 12, 67], filterShape: [3, 3, 67, 33] }],
    ['stride 2: pixels that no tile reaches', { ...two, xShape: [2, 18, 20, 4], pad: 'valid' }],
    [
      'stride 2: padding wider than the filter',
      {
        ...two,
        pad: [
          [4, 0],
          [1, 6],
        ],
        xShape: [2, 10, 13, 4],
      },
    ],
  ])('keep their precision by Winograd: %s', (_, partial) => {
    const c: Convolution = { ...small, ...partial };
    const [height, width, , outputs] = c.filterShape;
    expectNaive(
      { ...c, filterShape: [height, width, c.xShape[3], outputs] },
      7,
      WINOGRAD,
      'largest value',
    );
  });

  test.each<[string, Partial<Convolution>]>([
    ['more than 192 results and 384 pixels', { xShape: [3, 13, 14, 3], filterShape: [5, 5, 3, 9] }],
    ['1×1', { xShape: [2, 9, 9, 13], filterShape: [1, 1, 13, 17] }],
    [
      '1×1 in blocks of images',
      { xShape: [5, 45, 42, 3], filterShape: [1, 1, 3, 9], strides: [2, 2] },
    ],
    ['1×1 of great depth', { xShape: [2, 9, 9, 300], filterShape: [1, 1, 300, 7] }],
    ['one row of taps', { xShape: [2, 1, 30, 4], filterShape: [1, 7, 4, 4] }],
    ['a stride that skips pixels', { filterShape: [1, 2, 4, 8], strides: [3, 5], pad: 'valid' }],
    ['a stride larger than the image', { strides: [9, 20], filterShape: [2, 2, 4, 8] }],
    ['dilation', { dilations: [2, 3], xShape: [2, 12, 13, 4] }],
    ['many channels', { xShape: [1, 6, 6, 67], filterShape: [2, 2, 67, 33] }],
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
  ])('keep their precision by direct sums: %s', (_, partial) => {
    expectNaive({ ...small, ...partial }, 7, DIRECT, 'largest value');
  });

  test.each<[string, Partial<Convolution>]>([
    ['no image', { xShape: [0, 6, 7, 4] }],
    ['no image, strided', { xShape: [0, 6, 7, 4], strides: [2, 2] }],
    ['no channel', { xShape: [2, 6, 7, 0], filterShape: [3, 3, 0, 8] }],
    ['no channel, strided', { xShape: [2, 6, 7, 0], filterShape: [3, 3, 0, 8], strides: [2, 2] }],
    ['no output', { filterShape: [3, 3, 4, 0] }],
    ['no output, strided', { filterShape: [3, 3, 4, 0], strides: [2, 2] }],
    ['an image too small for the filter', { xShape: [2, 2, 6, 4], pad: 'valid' }],
    ['the same, strided', { xShape: [2, 2, 6, 4], pad: 'valid', strides: [2, 2] }],
  ])('of %s are empty, or zeros', (_, partial) => {
    const c = { ...small, ...partial };
    const results = computed(c, operands(c, 3));
    expect(Object.values(results).map((r) => r.length)).toEqual([
      size(convolvedShape(c)),
      size(c.xShape),
      size(c.filterShape),
    ]);
    expect(Object.values(results).map(largest)).toEqual([0, 0, 0]);
  });

  test.each<[string, Partial<Convolution>]>([
    ['3×3', {}],
    ['3×3 valid', { pad: 'valid' }],
    ['3×3 of stride 2', { strides: [2, 2] }],
    [
      '5×4',
      {
        filterShape: [5, 4, 4, 8],
        pad: [
          [0, 3],
          [2, 1],
        ],
      },
    ],
  ])('agree with the cpu backend: %s', async (_, partial) => {
    const c = { ...small, ...partial };
    const o = operands(c, 11);
    const got = computed(c, o);
    const [y, dx, dFilter] = (await onCpu(() => {
      const [x, filter, dy] = tensors(c, o);
      return kernels(c, x, filter, dy);
    })) as [Float32Array, Float32Array, Float32Array];
    expect(error(got.y, y, largest(y))).toBeLessThan(WINOGRAD);
    expect(error(got.dx, dx, largest(dx))).toBeLessThan(WINOGRAD);
    expect(error(got.dFilter, dFilter, largest(dFilter))).toBeLessThan(WINOGRAD);
  });

  test.each([
    ['3×3', 1],
    ['3×3 of stride 2', 2],
  ])('are the slopes that finite differences give: %s', (_, stride) => {
    const c = { ...small, xShape: [1, 5, 4, 2], filterShape: [3, 3, 2, 3] } as Convolution;
    const o = operands({ ...c, strides: [stride, stride] }, 5);
    const x = tf.tensor4d(o.x, c.xShape);
    const filter = tf.tensor4d(o.filter, c.filterShape);
    const weights = tf.tensor4d(o.dy, convolvedShape({ ...c, strides: [stride, stride] }));
    const f = (x: tf.Tensor, filter: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(weights, tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'same')));
    const gradients = tf.grads((x, filter) => f(x as tf.Tensor, filter as tf.Tensor))([x, filter]);
    for (const [i, tensor] of [x, filter].entries()) {
      const got = (gradients[i] as tf.Tensor).dataSync();
      const plain = tensor.dataSync();
      const slopes = Array.from(plain, (_, k) => {
        // f is linear in each: a wide step costs nothing but rounding.
        const [up, down] = [1, -1].map((step) => {
          const moved = tf.tensor(
            plain.map((value, j) => value + (j === k ? step : 0)),
            tensor.shape,
          );
          return (i === 0 ? f(moved, filter) : f(x, moved)).dataSync()[0] as number;
        }) as [number, number];
        return (up - down) / 2;
      });
      expect(error(got, slopes, largest(slopes))).toBeLessThan(1e-4);
    }
  });

  test.each<[string, Partial<Convolution>]>([
    ['3×3', {}],
    ['3×3 of stride 2', { strides: [2, 2] }],
  ])('let no NaN or Infinity in their operands vanish: %s', (_, partial) => {
    const c = { ...small, ...partial };
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const name of ['x', 'filter', 'dy'] as const) {
        const o = operands(c, 2);
        const middle = o[name].length >> 1; // of the middle tap, for the filter
        o[name][middle] = bad;
        const got = computed(c, o);
        const naive = expected(c, o);
        for (const result of ['y', 'dx', 'dFilter'] as const) {
          const lost = naive[result].findIndex(
            (value, i) => !Number.isFinite(value) && Number.isFinite(got[result][i]),
          );
          expect({ bad, name, result, lost }).toEqual({ bad, name, result, lost: -1 });
        }
      }
    }
  });

  test.each<[string, Partial<Convolution>]>([
    ['3×3', {}],
    ['3×3 of stride 2', { strides: [2, 2] }],
  ])('make one tensor each and give back their scratch memory: %s', (_, partial) => {
    const c = { ...small, ...partial, xShape: [4, 33, 31, 4] } as Convolution;
    const { memory } = (tf.backend() as WasmBackend).wasm.asm;
    const [x, filter, dy] = tensors(c, operands(c, 1));
    const before = tf.memory();
    let grown = 0;
    for (let i = 0; i < 50; i++) {
      const results = kernels(c, x, filter, dy);
      expect(tf.memory().numTensors).toBe(before.numTensors + 3);
      expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 3);
      tf.dispose(results);
      if (i === 4) grown = memory.buffer.byteLength;
    }
    expect(memory.buffer.byteLength).toBe(grown);
    expect(tf.memory()).toEqual(before);
  });

  test('keep to direct products where the flag says so', () => {
    tf.env().set('BCL_WASM_WINOGRAD', false);
    try {
      const c: Convolution = { ...small, xShape: [2, 32, 32, 16], filterShape: [3, 3, 16, 8] };
      expectNaive(c, 7, DIRECT);
      expectNaive({ ...c, ...two }, 7, DIRECT);
    } finally {
      tf.env().set('BCL_WASM_WINOGRAD', true);
    }
  });

  test('refuse channels first by name', () => {
    const [x, filter] = tensors(small, operands(small, 1));
    const attrs = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NCHW' };
    expect(() => run('Conv2D', { x, filter }, attrs)).toThrow(
      'conv2d: our kernels want channels last (NHWC), got NCHW',
    );
  });
});

describe('BclGroupedConv2D and its gradients', () => {
  /** Groups of `channels` each to `outputs` each. */
  const grouped = (
    groups: number,
    channels: number,
    outputs: number,
    c: Convolution,
  ): Convolution => {
    const [batch, height, width] = c.xShape;
    const [filterHeight, filterWidth] = c.filterShape;
    return {
      ...c,
      groups,
      xShape: [batch, height, width, groups * channels],
      filterShape: [filterHeight, filterWidth, channels, groups * outputs],
    };
  };

  test.each([1, 2])(
    'agree with float64 loops for any 3×3 filter of stride %i, whatever the groups',
    (stride) => {
      const geometry = fc.record({
        xShape: fc.tuple(count(3), count(11), count(11), fc.constant(0)),
        filterShape: fc.constant<Convolution['filterShape']>([3, 3, 0, 0]),
        strides: fc.constant<[number, number]>([stride, stride]),
        dilations: fc.constant<[number, number]>([1, 1]),
        pad: padding(3),
      });
      const widths = fc.oneof(
        fc.tuple(fc.constantFrom(8, 16), fc.constantFrom(8, 24)), // Winograd's way
        fc.tuple(count(9), count(9)),
      );
      fc.assert(
        fc.property(geometry, count(4), widths, seed(), (c, groups, [channels, outputs], start) => {
          const all = grouped(groups, channels, outputs, c);
          fc.pre(hasResult(all));
          expectNaive(all, start, WINOGRAD);
        }),
        { numRuns: 100 },
      );
    },
  );

  test('agree with float64 loops for any filter, stride, padding and dilation, whatever the groups', () => {
    const geometry = fc.record({
      xShape: fc.tuple(count(3), count(11), count(11), fc.constant(0)),
      filterShape: fc.tuple(count(5), count(5), fc.constant(0), fc.constant(0)),
      strides: fc.tuple(count(4), count(4)),
      dilations: fc.tuple(count(3), count(3)),
      pad: padding(3),
    });
    fc.assert(
      fc.property(
        geometry.filter(isDirect),
        count(5),
        count(9),
        count(17),
        seed(),
        (c, groups, channels, outputs, start) => {
          const all = grouped(groups, channels, outputs, c);
          fc.pre(hasResult(all));
          expectNaive(all, start, DIRECT);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each<[string, [number, number, number], Partial<Convolution>, number]>([
    ['many groups of four', [32, 4, 4], { xShape: [2, 7, 7, 0] }, WINOGRAD],
    ['groups of three to five', [8, 3, 5], { xShape: [2, 7, 9, 0] }, WINOGRAD],
    ['groups that cannot be merged', [3, 4, 4], { xShape: [2, 7, 7, 0] }, DIRECT],
    ['many groups, strided', [16, 8, 8], { strides: [2, 2], xShape: [3, 9, 9, 0] }, WINOGRAD],
    [
      'groups one after another, strided',
      [3, 64, 72],
      { ...two, xShape: [2, 11, 10, 0] },
      WINOGRAD,
    ],
    ['a stride that differs', [16, 8, 8], { strides: [1, 2], xShape: [3, 9, 9, 0] }, DIRECT],
    ['a filter for each channel', [16, 1, 2], { xShape: [2, 11, 7, 0] }, WINOGRAD],
    [
      'more than 192 results and 384 pixels',
      [2, 3, 9],
      { xShape: [3, 13, 14, 0], filterShape: [5, 5, 0, 0] },
      DIRECT,
    ],
    ['groups computed one after another', [3, 64, 72], { xShape: [2, 6, 5, 0] }, WINOGRAD],
    ['blocks of tiles that end within images', [3, 8, 16], { xShape: [7, 18, 22, 0] }, WINOGRAD],
    ['one group by the prefixed name', [1, 5, 3], {}, WINOGRAD],
  ])('keep their precision: %s', (_, [groups, channels, outputs], partial, tolerance) => {
    const c = grouped(groups, channels, outputs, { ...small, ...partial });
    expectNaive(c, 7, tolerance, 'largest value');
  });

  test('are what the convolutions of the parts give, side by side', () => {
    const c = grouped(3, 8, 16, small);
    const o = operands(c, 5);
    const [x, filter] = tensors(c, o);
    const parts = tf.split(filter, 3, 3).map((kernel, i) => {
      const part = tf.slice(x, [0, 0, 0, 8 * i], [-1, -1, -1, 8]);
      return tf.conv2d(part, kernel as tf.Tensor4D, 1, 'same');
    });
    const side = tf.concat(parts, 3).dataSync<'float32'>();
    expect(error(computed(c, o).y, side, largest(side))).toBe(0);
  });
});

test('tf.conv1d and tf.conv2dTranspose go the same ways', async () => {
  const inputs = (): [tf.Tensor3D, tf.Tensor3D, tf.Tensor4D, tf.Tensor4D] => [
    tf.tensor3d(values(2 * 11 * 3, 1), [2, 11, 3]),
    tf.tensor3d(values(4 * 3 * 5, 2), [4, 3, 5]),
    tf.tensor4d(values(2 * 4 * 5 * 3, 3), [2, 4, 5, 3]),
    tf.tensor4d(values(3 * 3 * 6 * 3, 4), [3, 3, 6, 3]),
  ];
  const compute = (): tf.Tensor[] => {
    const [line, lineFilter, image, filter] = inputs();
    return [
      tf.conv1d(line, lineFilter, 1, 'same', 'NWC', 2),
      tf.conv1d(line, lineFilter, 3, 'valid'),
      tf.conv2dTranspose(image, filter, [2, 8, 10, 6], 2, 'same'),
      tf.conv2dTranspose(image, filter, [2, 6, 7, 6], 1, 'valid'),
      ...tf.grads((x, f) =>
        tf.conv2dTranspose(x as tf.Tensor4D, f as tf.Tensor4D, [2, 8, 10, 6], 2, 'same'),
      )([image, filter]),
    ];
  };
  const onWasm = compute().map((t) => t.dataSync());
  for (const [i, expected] of (await onCpu(compute)).entries()) {
    expect(error(onWasm[i] as Float32Array, expected, largest(expected))).toBeLessThan(WINOGRAD);
  }
});

/** Where a test leaves something open. */
const small: Convolution = {
  xShape: [2, 9, 10, 4],
  filterShape: [3, 3, 4, 8],
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
};

interface Results<T = Float32Array | Float64Array> {
  y: T;
  dx: T;
  dFilter: T;
}

function seed(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 1e9 });
}

function isDirect(c: Convolution): boolean {
  const geometry = `${c.filterShape.slice(0, 2)},${c.strides},${c.dilations}`;
  return geometry !== '3,3,1,1,1,1' && geometry !== '3,3,2,2,1,1';
}

/** The three kernels under test: [y, dx, dFilter]. */
function kernels(c: Convolution, x: tf.Tensor, filter: tf.Tensor, dy: tf.Tensor): tf.Tensor[] {
  const pad = typeof c.pad === 'string' ? c.pad : [[0, 0], ...c.pad, [0, 0]];
  const { strides, dilations, groups } = c;
  const attrs = { strides, pad, dilations, dataFormat: 'NHWC', groups };
  const name = groups ? 'BclGroupedConv2D' : 'Conv2D';
  return [
    ...run(name, { x, filter }, attrs),
    ...run(`${name}BackpropInput`, { dy, filter }, { ...attrs, inputShape: c.xShape }),
    ...run(`${name}BackpropFilter`, { x, dy }, { ...attrs, filterShape: c.filterShape }),
  ];
}

/** What the kernels give; fails when they change their operands. */
function computed(c: Convolution, o: Operands): Results<Float32Array> {
  return tf.tidy(() => {
    const [x, filter, dy] = tensors(c, o);
    const results = kernels(c, x, filter, dy);
    expect(results.map((t) => t.shape)).toEqual([convolvedShape(c), c.xShape, c.filterShape]);
    for (const [tensor, before] of [
      [x, o.x],
      [filter, o.filter],
      [dy, o.dy],
    ] as const) {
      expect(same(tensor.dataSync<'float32'>(), before)).toBe(true);
    }
    const [y, dx, dFilter] = results.map((t) => t.dataSync()) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    return { y, dx, dFilter };
  });
}

function expected(c: Convolution, { x, filter, dy }: Operands): Results<Float64Array> {
  return {
    y: convolve(c, x, filter),
    dx: inputGradient(c, dy, filter),
    dFilter: filterGradient(c, x, dy),
  };
}

/** Compares all three kernels with float64 loops, their error as a share of the largest value or sum of absolute products. */
function expectNaive(
  c: Convolution,
  start: number,
  tolerance: number,
  scale: 'largest value' | 'largest sum' = 'largest sum',
): void {
  const o = operands(c, start);
  const got = computed(c, o);
  const naive = expected(c, o);
  const sizes = scale === 'largest value' ? naive : expected(c, absolute(o));
  for (const name of ['y', 'dx', 'dFilter'] as const) {
    const off = error(got[name], naive[name], largest(sizes[name]));
    if (!(off < tolerance)) throw new Error(`${name} is off by ${off} of the ${scale}`);
  }
}

function absolute({ x, filter, dy }: Operands): Operands {
  return { x: x.map(Math.abs), filter: filter.map(Math.abs), dy: dy.map(Math.abs) };
}
