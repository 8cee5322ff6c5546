import * as fc from 'fast-check';
import { reference } from '../fixtures/reference.js';
import type { ByteImages, BytePlan, ByteViews } from './BytePlan.js';
import { type MixBytesOptions, mixBytes } from './mixBytes.js';
import type { ByteRule } from './mixPairs.js';

const engines = ['wasm', 'script'] as const;

/** A small set of 2 images, anything about them drawn. */
interface Scene {
  data: ByteImages;
  plan: BytePlan;
  options: MixBytesOptions & { method: ByteRule };
}

const rule = fc.record({
  ownMean: fc.boolean(),
  zeroMean: fc.boolean(),
  keepEnergy: fc.boolean(),
  balance: fc.boolean(),
});
const shape = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 21 }),
  // Those that fill a step of the fast pass, and those that do not.
  fc.constantFrom(1, 2, 3, 3, 3, 4, 5, 6, 7, 12, 13),
);
/** Noise, few levels, one level for each channel, one level. */
const bytes = (size: number, channels: number) =>
  fc.oneof(
    fc.uint8Array({ minLength: size, maxLength: size }),
    fc.uint8Array({ minLength: size, maxLength: size, max: 1 }),
    fc
      .uint8Array({ minLength: channels, maxLength: channels })
      .map((levels) => Uint8Array.from({ length: size }, (_, i) => levels[i % channels] as number)),
    fc.nat(255).map((level) => new Uint8Array(size).fill(level)),
  );
const scene: fc.Arbitrary<Scene> = fc.tuple(shape, fc.nat(6)).chain(([[h, w, c], padding]) => {
  const offset = fc.nat(2 * padding);
  const view = fc.record({ flip: fc.nat(1), top: offset, left: offset });
  return fc
    .record({
      first: bytes(h * w * c, c),
      second: bytes(h * w * c, c),
      views: fc.tuple(view, view),
      ratio: fc.integer({ min: 0, max: 16 }).map((n) => n / 16),
      mean: fc.array(fc.integer({ min: -10, max: 130 }), { minLength: c, maxLength: c }),
      std: fc.array(fc.integer({ min: 40, max: 80 }), { minLength: c, maxLength: c }),
      method: rule,
    })
    .map(({ first, second, views, ratio, mean, std, method }) => ({
      data: {
        images: Uint8Array.from([...first, ...second]),
        labels: [0, 1],
        shape: [h, w, c] as const,
      },
      plan: {
        first: viewsOf(0, views[0]),
        second: viewsOf(1, views[1]),
        ratio: [ratio],
        padding,
      },
      options: { mean, std, method, numClasses: 2 },
    }));
});

function viewsOf(index: number, view: { flip: number; top: number; left: number }): ByteViews {
  return { index: [index], flip: [view.flip], top: [view.top], left: [view.left] };
}

/** What a window shows of an image, as the formula reads, in float64; exact where float32 is flat. */
function prepared({ data, plan, options }: Scene, views: ByteViews): number[] {
  const [height, width, channels] = data.shape;
  const size = height * width * channels;
  const index = views.index[0] as number;
  const raw = data.images.subarray(index * size, (index + 1) * size);
  const m = options.method.ownMean ? raw.reduce((sum, v) => sum + v, 0) / size : 0;
  const values = Array.from({ length: size }, (_, i) => {
    const c = i % channels;
    const x = (Math.floor(i / channels) % width) + (views.left[0] as number) - plan.padding;
    const y = Math.floor(i / channels / width) + (views.top[0] as number) - plan.padding;
    if (x < 0 || x >= width || y < 0 || y >= height) return 0;
    const at = (y * width + (views.flip[0] ? width - 1 - x : x)) * channels + c;
    return ((raw[at] as number) - m - (options.mean[c] as number)) / (options.std[c] as number);
  });
  const [first = 0] = values;
  return values.every((v) => Math.abs(v - first) < 1e-9)
    ? values.map(() => Math.fround(first))
    : values;
}

describe.each(engines)('mixBytes (%s)', (engine) => {
  test('follows the formula for any images, windows and rules', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const { data, plan, options } = drawn;
        const mixed = mixBytes(data, plan, { ...options, engine });
        const [x1, x2] = [prepared(drawn, plan.first), prepared(drawn, plan.second)];
        await expect(mixed.images).toBeAllClose(
          reference(x1, x2, plan.ratio[0] as number, options.method),
          { rtol: 1e-5, atol: 1e-5 },
        );
      }),
      { numRuns: 400 },
    );
  });

  test('mixes each pair by itself: a batch gives what its parts give', () => {
    const { data, plan, options } = batch();
    const all = mixBytes(data, plan, { ...options, engine });
    const parts = [0, 1, 2].map((i) => {
      const only = (views: ByteViews): ByteViews => ({
        index: [views.index[i] as number],
        flip: [views.flip[i] as number],
        top: [views.top[i] as number],
        left: [views.left[i] as number],
      });
      return mixBytes(
        data,
        {
          ...plan,
          first: only(plan.first),
          second: only(plan.second),
          ratio: [plan.ratio[i] as number],
        },
        { ...options, engine },
      );
    });
    expect([...all.images]).toEqual(parts.flatMap(({ images }) => [...images]));
    expect([...all.labels]).toEqual(parts.flatMap(({ labels }) => [...labels]));
    expect(all.shape).toEqual([3, 4, 5, 3]);
    expect(all.classes).toBe(3);
  });

  test('leaves the bytes as they were', () => {
    const { data, plan, options } = batch();
    const before = [...data.images];
    mixBytes(data, plan, { ...options, engine });
    expect([...data.images]).toEqual(before);
  });

  test('writes into the arrays that it is given, whatever they held', () => {
    const { data, plan, options } = batch();
    const fresh = mixBytes(data, plan, { ...options, engine });
    const images = new Float32Array(3 * 60).fill(Number.NaN);
    const labels = new Float32Array(9).fill(Number.NaN);
    const mixed = mixBytes(data, plan, { ...options, engine }, { images, labels });
    expect(mixed.images).toBe(images);
    expect(mixed.labels).toBe(labels);
    expect(mixed).toEqual(fresh);
  });

  test('takes a plan that came through JSON', () => {
    const { data, plan, options } = batch();
    const arrays = { ...plan, ratio: [...plan.ratio] };
    const written = JSON.parse(JSON.stringify(arrays)) as BytePlan;
    expect(mixBytes(data, written, { ...options, engine })).toEqual(
      mixBytes(data, plan, { ...options, engine }),
    );
  });

  test('goes from small images to large ones and back', () => {
    const small = batch();
    const expected = mixBytes(small.data, small.plan, { ...small.options, engine });
    const side = 200;
    const large = {
      images: Uint8Array.from({ length: 2 * side * side }, (_, i) => i % 251),
      labels: [0, 1],
      shape: [side, side, 1] as const,
    };
    const asIs = { flip: [0], top: [0], left: [0] };
    const plan = {
      first: { index: [0], ...asIs },
      second: { index: [1], ...asIs },
      ratio: [1],
      padding: 0,
    };
    const mixed = mixBytes(large, plan, {
      method: 'bc',
      mean: [1],
      std: [2],
      numClasses: 2,
      engine,
    });
    expect([...mixed.images.subarray(0, 4)]).toEqual([-0.5, 0, 0.5, 1]);
    expect(mixed.images.length).toBe(side * side);
    expect(mixBytes(small.data, small.plan, { ...small.options, engine })).toEqual(expected);
  });
});

describe('mixBytes', () => {
  test('gives the same bits in WebAssembly as in TypeScript', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ data, plan, options }) => {
        const [fast, slow] = engines.map((engine) =>
          mixBytes(data, plan, { ...options, engine }),
        ) as [ReturnType<typeof mixBytes>, ReturnType<typeof mixBytes>];
        expect(new Int32Array(fast.images.buffer)).toEqual(new Int32Array(slow.images.buffer));
      }),
      { numRuns: 400 },
    );
  });

  test('is released BC+ by default: own mean away, balanced, energy kept', () => {
    const { data, plan, options } = batch();
    const { method: _, ...rest } = options;
    const expected = mixBytes(data, plan, options);
    expect(mixBytes(data, plan, rest)).toEqual(expected);
    expect(mixBytes(data, plan, { ...rest, method: 'bc+' })).toEqual(expected);
    const bc = mixBytes(data, plan, { ...rest, method: 'bc' });
    expect(mixBytes(data, plan, { ...rest, method: {} })).toEqual(bc);
    expect(bc.images).not.toEqual(expected.images);
  });

  test('mixes labels by its rule, and takes the number of classes from class names', () => {
    const { data, plan, options } = batch();
    const rows = (label: MixBytesOptions['label']) => [
      ...mixBytes(data, plan, { ...options, ...(label && { label }) }).labels,
    ];
    // Classes 0 and 1 by ¼, 1 and 2 by ½, 2 and 2 by ¾.
    expect(rows(undefined)).toEqual([0.25, 0.75, 0, 0, 0.5, 0.5, 0, 0, 1]);
    expect(rows('ratio')).toEqual(rows(undefined));
    expect(rows('single')).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 1]);
    expect(rows('multi')).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 1]);
    const { numClasses: _, ...rest } = options;
    const named = { ...data, classNames: ['a', 'b', 'c', 'd'] };
    expect(mixBytes(named, plan, rest).labels.length).toBe(12);
  });

  test.each<[string, (scene: ReturnType<typeof batch>) => unknown, Error]>([
    [
      'images that are no bytes',
      ({ data, plan, options }) =>
        mixBytes({ ...data, images: [1, 2] as unknown as Uint8Array }, plan, options),
      new TypeError('mixBytes: images must be bytes, a Uint8Array of values 0..255, got object'),
    ],
    [
      'a shape of two numbers',
      ({ data, plan, options }) =>
        mixBytes({ ...data, shape: [4, 5] as unknown as [4, 5, 3] }, plan, options),
      new RangeError('mixBytes: shape must be [height, width, channels], got [4,5]'),
    ],
    [
      'too few bytes',
      ({ data, plan, options }) => mixBytes({ ...data, shape: [4, 5, 4] }, plan, options),
      new RangeError('mixBytes: 4 labels and shape [4, 5, 4] need 320 image bytes, got 240'),
    ],
    [
      'means of two channels',
      ({ data, plan, options }) => mixBytes(data, plan, { ...options, mean: [1, 2] }),
      new RangeError('mixBytes: mean must be 3 finite numbers, one for each channel, got [1,2]'),
    ],
    [
      'a standard deviation of 0',
      ({ data, plan, options }) => mixBytes(data, plan, { ...options, std: [1, 0, 1] }),
      new RangeError('mixBytes: std must be 3 numbers above 0, one for each channel, got [1,0,1]'),
    ],
    [
      'a method that there is not',
      ({ data, plan, options }) => mixBytes(data, plan, { ...options, method: 'toString' as 'bc' }),
      new RangeError("mixBytes: method must be 'bc', 'bc+' or a rule's steps, got 'toString'"),
    ],
    [
      'a label rule that there is not',
      ({ data, plan, options }) => mixBytes(data, plan, { ...options, label: 'soft' as 'ratio' }),
      new RangeError("mixBytes: label must be 'ratio', 'single' or 'multi', got 'soft'"),
    ],
    [
      'no number of classes',
      ({ data, plan, options: { numClasses: _, ...rest } }) => mixBytes(data, plan, rest),
      new RangeError(
        'mixBytes: numClasses must be a whole number from 1, got undefined; give it, or data with classNames',
      ),
    ],
    [
      'too few classes',
      ({ data, plan, options }) => mixBytes(data, plan, { ...options, numClasses: 2 }),
      new RangeError(
        'mixBytes: labels must be whole numbers of 0..1, got 2 for image 2; is numClasses right?',
      ),
    ],
    [
      'an index beyond the set',
      ({ data, plan, options }) =>
        mixBytes(data, { ...plan, second: { ...plan.second, index: [0, 1, 4] } }, options),
      new RangeError('mixBytes: second.index must be whole numbers of 0..3, got 4'),
    ],
    [
      'a window beyond the padding',
      ({ data, plan, options }) =>
        mixBytes(data, { ...plan, first: { ...plan.first, top: [0, 1, 3] } }, options),
      new RangeError('mixBytes: first.top must be whole numbers of 0..2, got 3'),
    ],
    [
      'a ratio above 1',
      ({ data, plan, options }) => mixBytes(data, { ...plan, ratio: [0, 1, 1.5] }, options),
      new RangeError('mixBytes: ratio must lie in 0..1, got 1.5'),
    ],
    [
      'a padding below 0',
      ({ data, plan, options }) => mixBytes(data, { ...plan, padding: -1 }, options),
      new RangeError('mixBytes: padding must be a whole number from 0, got -1'),
    ],
    [
      'a plan of uneven lengths',
      ({ data, plan, options }) => mixBytes(data, { ...plan, ratio: [0, 1] }, options),
      new RangeError(
        'mixBytes: a plan for 2 ratios needs as many of all, got first with 3 indices, 3 flips, 3 tops and 3 lefts',
      ),
    ],
    [
      'an output of the wrong length',
      ({ data, plan, options }) => mixBytes(data, plan, options, { images: new Float32Array(7) }),
      new RangeError('mixBytes: output.images must be a Float32Array of 180, got 7'),
    ],
  ])('refuses %s', (_, call, error) => {
    expect(() => call(batch())).toThrow(error);
  });
});

/** Three pairs of a set of four images [4, 5, 3]. */
function batch() {
  return {
    data: {
      images: Uint8Array.from({ length: 4 * 60 }, (_, i) => (i * i * 13 + 5 * i) % 256),
      labels: Uint8Array.of(0, 1, 2, 2),
      shape: [4, 5, 3] as const,
    },
    plan: {
      first: { index: [0, 1, 2], flip: [0, 1, 1], top: [0, 1, 2], left: [2, 1, 0] },
      second: { index: [1, 2, 3], flip: [1, 1, 0], top: [1, 2, 0], left: [1, 2, 2] },
      ratio: Float32Array.of(0.25, 0.5, 0.75),
      padding: 1,
    },
    options: {
      method: 'bc+' as const,
      mean: [4, 2, -6],
      std: [50, 60, 70],
      numClasses: 3,
    },
  };
}
