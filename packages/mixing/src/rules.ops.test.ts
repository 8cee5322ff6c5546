import { createRandom, shuffled } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import type { Draw } from './drawPairs.js';
import { referenceMany } from './fixtures/reference.js';
import { Mixer, type MixerOptions } from './Mixer.js';

// Every rule that a Mixer has goes through this suite; a new one joins the list.

const [H, W, C, K] = [5, 4, 2, 4] as const;
const size = [H, W] as const;

interface Rule {
  name: string;
  options: MixerOptions;
  zeroMean?: boolean;
}
const rules: Rule[] = [
  { name: 'bc', options: { method: 'bc' } },
  { name: 'bc+', options: { method: 'bc+' }, zeroMean: true },
  { name: 'a', options: { method: { zeroMean: true } }, zeroMean: true },
  {
    name: 'a+b',
    options: { method: { zeroMean: true, keepEnergy: true } },
    zeroMean: true,
  },
  { name: 'b+c', options: { method: { keepEnergy: true, balance: true } } },
  { name: 'mixup', options: { method: 'mixup', ratio: { beta: 0.2 } } },
  { name: 'cutmix', options: { method: 'cutmix' } },
  { name: 'resizemix', options: { method: 'resizemix' } },
  { name: 'bc of three', options: { method: 'bc', classes: 3 } },
  {
    name: 'bc+ of three',
    options: { method: 'bc+', classes: 3 },
    zeroMean: true,
  },
  {
    name: 'bc+ of two or three',
    options: { method: 'bc+', classes: '2 or 3' },
    zeroMean: true,
  },
  {
    name: 'bc+ or cutmix',
    options: {
      oneOf: [{ method: { keepEnergy: true, balance: true } }, { method: 'cutmix' }],
    },
  },
];

const mixerOf = (options: MixerOptions, seed = 0) =>
  new Mixer({ numClasses: K, size, ...options, seed });
const idsOf = (count: number) => Array.from({ length: count }, (_, i) => i % K);
/** Integers, so that sums of squares are exact. */
const pixelsOf = (count: number, seed = 7) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: H * W * C }, () => Math.floor(random() * 17) - 8),
  );
};
const toBatch = (images: number[][], shape: readonly number[] = [H, W, C]) =>
  tf.tensor(images.flat(), [images.length, ...shape], 'float32');

/** A draw in which each example is one of its mix alone. */
function alone(draw: Draw, which: 'first' | 'partner'): Draw {
  const count = draw.partner.length;
  const full = [0, 0, H, W];
  return {
    ...draw,
    ratio: new Float32Array(count).fill(which === 'first' ? 1 : 0),
    ...(draw.third && {
      third: { ...draw.third, ratio: new Float32Array(count) },
    }),
    ...(draw.box && {
      box: draw.box.map((_, i) => (which === 'first' ? 0 : (full[i % 4] as number))),
    }),
  };
}

/** What the rule should make of example i, written with plain numbers. */
function expected(images: number[][], draw: Draw, i: number, { options }: Rule): number[] {
  const rule = options.oneOf?.[draw.rule ?? 0] ?? options;
  const x1 = images[i] as number[];
  const x2 = images[draw.partner[i] as number] as number[];
  if (draw.box) return pasted(x1, x2, Array.from(draw.box.subarray(4 * i, 4 * i + 4)), rule);
  const r = draw.ratio[i] as number;
  const r3 = draw.third?.ratio[i] ?? 0;
  const x3 = images[draw.third?.partner[i] ?? 0] as number[];
  const settings =
    rule.method === 'bc+'
      ? { zeroMean: true, keepEnergy: true, balance: true }
      : typeof rule.method === 'object'
        ? rule.method
        : {};
  return referenceMany([x1, x2, x3], [r, 1 - r - r3, r3], settings);
}

/** The label row that belongs to it. */
function expectedRow(draw: Draw, i: number): number[] {
  const row = new Array<number>(K).fill(0);
  const [r, r3] = [draw.ratio[i] as number, draw.third?.ratio[i] ?? 0];
  const shares = [r, 1 - r - r3, r3];
  [i, draw.partner[i] as number, draw.third?.partner[i] ?? 0].forEach((from, n) => {
    row[from % K] = (row[from % K] as number) + (shares[n] as number);
  });
  return row;
}

function pasted(x1: number[], x2: number[], box: number[], { method }: MixerOptions): number[] {
  const [top = 0, left = 0, bottom = 0, right = 0] = box;
  return x1.map((v, at) => {
    const [y, x, c] = [Math.floor(at / (W * C)), Math.floor(at / C) % W, at % C];
    if (y < top || y >= bottom || x < left || x >= right) return v;
    if (method === 'cutmix') return x2[at] as number;
    const sy = ((y - top + 0.5) * H) / (bottom - top) - 0.5;
    const sx = ((x - left + 0.5) * W) / (right - left) - 0.5;
    const [y0, x0] = [Math.floor(sy), Math.floor(sx)];
    const pixel = (yy: number, xx: number) =>
      x2[(Math.min(yy, H - 1) * W + Math.min(xx, W - 1)) * C + c] as number;
    const row = (yy: number) => pixel(yy, x0) * (1 - (sx - x0)) + pixel(yy, x0 + 1) * (sx - x0);
    return row(y0) * (1 - (sy - y0)) + row(y0 + 1) * (sy - y0);
  });
}

describe.each(rules)('$name', (rule) => {
  const { options, zeroMean = false } = rule;

  test('mixes each example as the formula says', async () => {
    const images = pixelsOf(9);
    for (const seed of [1, 2, 3]) {
      const mixer = mixerOf(options, seed);
      const draw = mixer.draw(idsOf(9));
      const mixed = mixer.apply(toBatch(images), idsOf(9), draw);
      await expect(mixed.images).toBeAllClose(
        images.flatMap((_, i) => expected(images, draw, i, rule)),
        { rtol: 1e-5, atol: 2e-5 },
      );
      await expect(mixed.labels).toBeAllClose(idsOf(9).flatMap((_, i) => expectedRow(draw, i)));
    }
  });

  test('gives labels that sum to 1, of odd batches too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: 9 }), fc.nat(), async (count, seed) => {
        const mixer = mixerOf(options, seed);
        const mixed = mixer.mix(toBatch(pixelsOf(count)), idsOf(count));
        expect(mixed.images.shape).toEqual([count, H, W, C]);
        expect([mixed.images.dtype, mixed.labels.dtype]).toEqual(['float32', 'float32']);
        await expect(tf.sum(mixed.labels, 1)).toBeAllClose(new Array(count).fill(1));
        await expect(tf.min(mixed.labels)).toBeAllClose([0]);
      }),
      { numRuns: 8 },
    );
  });

  test('permutes what it gives as the batch is permuted', async () => {
    const [images, ids] = [pixelsOf(7), idsOf(7)];
    const mixer = mixerOf(options, 4);
    const draw = mixer.draw(ids);
    const order = shuffled(createRandom(5), 7);
    const at = (values: Int32Array) => values.map((v) => order.indexOf(v));
    const pick = <T extends Int32Array | Float32Array>(values: T, width = 1) =>
      values.map(
        (_, n) => values[(order[Math.floor(n / width)] as number) * width + (n % width)] as number,
      ) as T;
    const permuted: Draw = {
      ...draw,
      partner: at(pick(draw.partner)),
      ratio: pick(draw.ratio),
      ...(draw.third && {
        third: {
          partner: at(pick(draw.third.partner)),
          ratio: pick(draw.third.ratio),
        },
      }),
      ...(draw.box && { box: pick(draw.box, 4) }),
    };
    const mixed = mixer.apply(toBatch(images), ids, draw);
    const moved = mixer.apply(
      tf.gather(toBatch(images), order),
      [...order].map((i) => ids[i] as number),
      permuted,
    );
    await expect(moved.images).toBeAllClose(tf.gather(mixed.images, order));
    await expect(moved.labels).toBeAllClose(tf.gather(mixed.labels, order));
  });

  test('gives in parts what it gives at once', async () => {
    const [images, ids] = [toBatch(pixelsOf(7)), idsOf(7)];
    const mixer = mixerOf(options, 6);
    const draw = mixer.draw(ids);
    const part = (from: number, to: number) =>
      mixer.apply(images, ids, {
        ...draw,
        first: Int32Array.from({ length: to - from }, (_, i) => from + i),
        partner: draw.partner.slice(from, to),
        ratio: draw.ratio.slice(from, to),
        ...(draw.third && {
          third: {
            partner: draw.third.partner.slice(from, to),
            ratio: draw.third.ratio.slice(from, to),
          },
        }),
        ...(draw.box && { box: draw.box.slice(4 * from, 4 * to) }),
      });
    const [whole, left, right] = [mixer.apply(images, ids, draw), part(0, 3), part(3, 7)];
    await expect(tf.concat([left.images, right.images])).toBeAllClose(whole.images);
    await expect(tf.concat([left.labels, right.labels])).toBeAllClose(whole.labels);
  });

  test('gives an example alone, less its mean where the rule takes it, at the ends', async () => {
    const [images, ids] = [toBatch(pixelsOf(5)), idsOf(5)];
    const mixer = mixerOf(options, 8);
    const draw = mixer.draw(ids);
    const rows = tf.cast(tf.oneHot(ids, K), 'float32');
    // ResizeMix shrinks: only a box of the whole image leaves the second as it is.
    for (const which of ['first', 'partner'] as const) {
      const mixed = mixer.apply(images, ids, alone(draw, which));
      const from = which === 'first' ? tf.range(0, 5, 1, 'int32') : tf.tensor1d(draw.partner);
      const x = tf.gather(images, tf.cast(from, 'int32'));
      const own = zeroMean ? tf.sub(x, tf.mean(x, [1, 2, 3], true)) : x;
      await expect(mixed.images).toBeAllClose(own, { atol: 1e-5 });
      await expect(mixed.labels).toBeAllClose(tf.gather(rows, tf.cast(from, 'int32')));
    }
  });

  test('takes images of one pixel, and flat ones', async () => {
    const ids = idsOf(4);
    const mixer = new Mixer({ numClasses: K, ...options, seed: 9 });
    const values = [3, -1, 4, 1];
    for (const [shape, count] of [
      [[4, 1, 1, 1], 1],
      [[4, 3, 3, 2], 18],
    ] as const) {
      const x = tf.tensor(
        values.flatMap((v) => new Array(count).fill(v)),
        [...shape],
      );
      const mixed = await mixer.mix(x, ids).images.data();
      const largest = Math.max(...mixed.map(Math.abs));
      if (zeroMean) expect(largest).toBe(0);
      else {
        expect(largest).toBeGreaterThanOrEqual(1);
        expect(largest).toBeLessThanOrEqual(4 * Math.SQRT2);
      }
    }
  });

  test('stays finite for huge and tiny values', async () => {
    const ids = idsOf(6);
    const mixer = mixerOf(options, 10);
    const images = pixelsOf(6);
    for (const scale of [2 ** 50, 2 ** -50, 2 ** -140]) {
      const x = toBatch(images.map((image) => image.map((v) => v * scale)));
      const draw = mixer.draw(ids);
      const mixed = mixer.apply(x, ids, draw).images;
      const values = await mixed.data();
      expect(values.every(Number.isFinite)).toBe(true);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(32 * scale);
      if (scale < 2 ** -100) continue;
      const plain = mixer.apply(toBatch(images), ids, draw).images;
      await expect(tf.div(mixed, scale)).toBeAllClose(plain, {
        rtol: 1e-5,
        atol: 1e-5,
      });
    }
  });

  test('keeps its inputs and returns two new tensors, of integers too', async () => {
    const images = tf.cast(toBatch(pixelsOf(5)), 'int32');
    const mixer = mixerOf(options, 11);
    const draw = mixer.draw(idsOf(5));
    const before = tf.memory().numTensors;
    const mixed = mixer.apply(images, idsOf(5), draw);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(mixed.images.dtype).toBe('float32');
    await expect(mixed.images).toBeAllClose(
      mixer.apply(toBatch(pixelsOf(5)), idsOf(5), draw).images,
    );
    const alone = mixer.applyImages(images, draw);
    await expect(alone).toBeAllClose(mixed.images, { rtol: 0, atol: 0 });
    await expect(mixer.applyLabels(idsOf(5), draw)).toBeAllClose(mixed.labels);
    await expect(images).toBeAllClose(pixelsOf(5).flat());
  });
});

describe('bc+ of waves that have nothing in common', () => {
  /** cos(2π k t / n), of variance 1/2 and mean 0 for 0 < k < n/2, on a mean. */
  const wave = (k: number, amplitude: number, mean: number) =>
    Array.from({ length: 40 }, (_, t) => mean + amplitude * Math.cos((2 * Math.PI * k * t) / 40));

  test.each([{ classes: 'different' }, { classes: 3 }] as const)(
    'is as strong as one of them, $classes',
    async ({ classes }) => {
      const mixer = new Mixer({ classes, numClasses: 4, seed: 12 });
      const x = tf.tensor2d([1, 2, 3, 4].map((k) => wave(k, 3, 5 * k)));
      const mixed = mixer.mix(x, [0, 1, 2, 3]).images;
      const { mean, variance } = tf.moments(mixed, 1);
      await expect(variance).toBeAllClose([4.5, 4.5, 4.5, 4.5], { rtol: 1e-5 });
      await expect(mean).toBeAllClose([0, 0, 0, 0], { atol: 1e-5 });
    },
  );

  test('lies between them where one is stronger', async () => {
    const mixer = new Mixer({ numClasses: 2, seed: 13 });
    const x = tf.tensor2d([wave(1, 1, 0), wave(2, 3, 9)]);
    const variance = await tf.moments(mixer.mix(x, [0, 1]).images, 1).variance.data();
    for (const v of variance) {
      expect(v).toBeGreaterThanOrEqual(0.5);
      expect(v).toBeLessThanOrEqual(4.5);
    }
  });
});

// Changing these numbers changes every user's runs: a major version. Here they are drawn on every backend.
test('a draw is the same bit for bit on every backend', () => {
  const mixer = mixerOf(
    {
      oneOf: [{ classes: '2 or 3', ratio: { beta: 0.4 } }, { method: 'cutmix' }],
      chance: 0.9,
    },
    42,
  );
  const drawn = Array.from({ length: 4 }, () => mixer.draw(idsOf(5)));
  expect(drawn.map(({ rule }) => rule)).toMatchInlineSnapshot(`
    [
      1,
      0,
      1,
      0,
    ]
  `);
  const bits = ({ partner, ratio, third, box }: Draw) =>
    [partner, new Int32Array(ratio.buffer), third && new Int32Array(third.ratio.buffer), box]
      .map((part) => part?.join(' ') ?? '')
      .join(' | ');
  expect(drawn.map(bits)).toMatchInlineSnapshot(`
    [
      "2 4 4 2 0 | 1058642330 1061997773 1061997773 1065353216 1065353216 |  | 1 2 5 4 2 2 4 4 0 0 2 2 1 2 1 2 1 3 1 3",
      "3 0 3 0 2 | 1063434459 1065116629 1033795042 1065191682 1053532501 | 0 1013365573 1063054238 0 1047438080 | ",
      "3 3 4 2 3 | 1058642330 1060320051 1058642330 1061997773 1065353216 |  | 1 1 5 3 2 0 5 2 0 0 4 2 1 1 3 3 0 0 0 0",
      "1 4 3 2 3 | 1026796467 1054478931 1042367051 1053601550 1065092431 | 1062952286 0 0 0 0 | ",
    ]
  `);
});
