import * as tf from '@tensorflow/tfjs-core';
import type { Draw } from './drawPairs.js';
import { Mixer, type MixerConfig, type MixerOptions } from './Mixer.js';

const ids = [0, 1, 2, 3, 0, 1, 2, 3];
const size = [8, 8] as const;
/** A draw as plain arrays. */
const plain = (draw: Draw) =>
  JSON.parse(
    JSON.stringify(draw, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float32Array) : v)),
  );

describe('a method', () => {
  test.each<[MixerOptions['method'], object]>([
    ['bc', { classes: 'different', ratio: 'uniform' }],
    ['bc+', { classes: 'different', ratio: 'uniform' }],
    [{ keepEnergy: true }, { classes: 'different', ratio: 'uniform' }],
    ['mixup', { classes: 'any', ratio: 'uniform' }],
    ['cutmix', { classes: 'any', ratio: 'uniform' }],
    ['resizemix', { classes: 'any', ratio: { scale: [0.1, 0.8] } }],
  ])('%j brings what its authors leave to chance', (method, defaults) => {
    expect(new Mixer({ method: method as 'bc' })).toMatchObject({
      method,
      ...defaults,
    });
    const own = { classes: 'same', ratio: 0.5 } as const;
    expect(new Mixer({ method: method as 'bc', ...own })).toMatchObject(own);
  });

  test('tells whether it takes the mean of images', () => {
    const takes = (options: MixerOptions) => new Mixer(options).takesMean;
    expect(takes({})).toBe(true);
    expect(takes({ method: { zeroMean: true } })).toBe(true);
    expect(takes({ method: 'bc' })).toBe(false);
    expect(takes({ method: 'cutmix' })).toBe(false);
    expect(takes({ method: { balance: true } })).toBe(false);
    expect(takes({ oneOf: [{ method: 'bc' }, { method: 'bc+' }] })).toBe(true);
  });

  test('that pastes draws its boxes for a size, and labels by their area', () => {
    const mixer = new Mixer({ method: 'cutmix', size, numClasses: 4, seed: 2 });
    const draw = mixer.draw(ids);
    draw.ratio.forEach((r, i) => {
      const [top = 0, left = 0, bottom = 0, right = 0] = draw.box?.subarray(4 * i) ?? [];
      expect(r).toBe(1 - ((bottom - top) * (right - left)) / 64);
    });
    const inside = new Mixer({ method: 'resizemix', seed: 2 }).draw(ids, {
      size: [20, 10],
    });
    inside.ratio.forEach((r, i) => {
      const [top = 0, left = 0, bottom = 0, right = 0] = inside.box?.subarray(4 * i) ?? [];
      expect(r).toBe(Math.fround(1 - ((bottom - top) * (right - left)) / 200));
      expect(bottom - top).toBeGreaterThanOrEqual(2);
      expect(bottom - top).toBeLessThanOrEqual(16);
    });
    expect(() => mixer.mix(tf.zeros([8, 4]), ids)).toThrow(
      'cutMix: x1 and x2 must be images of one shape, [B, H, W, C], got x1 [8, 4] and x2 [8, 4]',
    );
    // mix sees the size for itself.
    const unsized = new Mixer({ method: 'cutmix', numClasses: 4, seed: 2 });
    expect(unsized.mix(tf.zeros([8, 8, 8, 1]), ids).images.shape).toEqual([8, 8, 8, 1]);
    expect(() => unsized.draw(ids)).toThrow(
      new RangeError(
        'Mixer: boxes need the size of the images, got none; set size: [height, width] in its options',
      ),
    );
    const { box: _, ...without } = draw;
    expect(() => mixer.apply(tf.zeros([8, 8, 8, 1]), ids, without)).toThrow(
      new RangeError(
        'Mixer: this method needs a draw with boxes, got one without; draw with { size: [height, width] }',
      ),
    );
  });
});

describe('oneOf', () => {
  const oneOf = [
    { method: 'bc+', weight: 3 },
    { method: 'cutmix', ratio: { beta: 0.5 } },
    { method: 'mixup', weight: 0 },
  ] as const;

  test('draws each rule as often as its weight says, for a batch at a time', () => {
    const mixer = new Mixer({ oneOf, size, seed: 3 });
    const counts = [0, 0, 0];
    for (let n = 0; n < 2000; n++) {
      const { rule, box } = mixer.draw([0, 1]);
      counts[rule as number] = (counts[rule as number] as number) + 1;
      expect(Boolean(box)).toBe(rule === 1);
    }
    // Standard deviation 19.4: four of them.
    expect(Math.abs((counts[0] as number) - 1500)).toBeLessThan(78);
    expect(counts[2]).toBe(0);
  });

  test('gives the same weight to all unless told', () => {
    const mixer = new Mixer({
      oneOf: [{ method: 'bc' }, { method: 'bc+' }],
      seed: 3,
    });
    const first = Array.from({ length: 1000 }, () => mixer.draw([0, 1]).rule).filter(
      (r) => r === 0,
    );
    // Standard deviation 15.8: four of them.
    expect(Math.abs(first.length - 500)).toBeLessThan(64);
  });

  test('mixes by the rule that was drawn', async () => {
    const mixer = new Mixer({ oneOf, size, numClasses: 4, seed: 4 });
    const images = tf.randomNormal([8, 8, 8, 1], 0, 1, 'float32', 5);
    const alone = {
      0: new Mixer({ method: 'bc+', numClasses: 4 }),
      1: new Mixer({ method: 'cutmix', numClasses: 4 }),
    };
    const seen = new Set<number>();
    for (let n = 0; n < 12; n++) {
      const draw = mixer.draw(ids);
      const rule = draw.rule as 0 | 1;
      seen.add(rule);
      const expected = alone[rule].apply(images, ids, { ...draw, rule: 0 });
      await expect(mixer.apply(images, ids, draw).images).toBeAllClose(expected.images);
    }
    expect(seen).toEqual(new Set([0, 1]));
    expect(() => mixer.apply(images, ids, { ...mixer.draw(ids), rule: 3 })).toThrow(
      new RangeError('Mixer: a draw must be by one of 3 rules, got rule 3'),
    );
  });

  test('takes what an entry leaves out from the mixer', () => {
    const mixer = new Mixer({
      classes: 'same',
      ratio: 0.25,
      chance: 0.5,
      oneOf: [{}, { classes: 'any', ratio: 0.75, chance: 1 }],
    });
    expect(mixer.getConfig().oneOf).toEqual([
      { method: 'bc+', classes: 'same', ratio: 0.25, chance: 0.5, weight: 1 },
      { method: 'bc+', classes: 'any', ratio: 0.75, chance: 1, weight: 1 },
    ]);
    expect(mixer).toMatchObject({
      method: 'bc+',
      classes: 'same',
      ratio: 0.25,
      chance: 0.5,
    });
  });

  test.each<[MixerOptions, string]>([
    [{ oneOf: [] }, 'Mixer: oneOf must have a rule, got none'],
    [{ oneOf: [{ weight: 0 }] }, 'Mixer: oneOf must have a rule of a weight above 0, got none'],
    [{ oneOf: [{ weight: -1 }] }, 'Mixer: weight must be finite and not negative, got -1'],
    [
      { oneOf: [{}, { weight: Number.POSITIVE_INFINITY }] },
      'Mixer: weight must be finite and not negative, got Infinity',
    ],
    [{ oneOf: [{}, { ratio: 3 }] }, 'Mixer: ratio must lie in 0..1, got 3'],
    [{ method: 'cutmix', classes: 3 }, "Mixer: cutmix mixes two images, got classes 3; use 'any'"],
    [
      { method: 'resizemix', classes: '2 or 3' },
      "Mixer: resizemix mixes two images, got classes 2 or 3; use 'any'",
    ],
    [{ chance: 1.5 }, 'Mixer: chance must lie in 0..1, got 1.5'],
    [{ chance: -0.5 }, 'Mixer: chance must lie in 0..1, got -0.5'],
    [{ chance: () => Number.NaN }, 'Mixer: chance must lie in 0..1, got NaN'],
    [
      { chance: { first: 0 } },
      'Mixer: chance must be on in epochs counted from 1, got first 0 and last Infinity',
    ],
    [
      { chance: { last: -1 } },
      'Mixer: chance must be on in epochs counted from 1, got first 1 and last -1',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => new Mixer(options)).toThrow(new RangeError(message));
  });
});

describe('chance and epochs', () => {
  const pure = (mixer: Mixer) => mixer.draw(ids).ratio.filter((r) => r === 1).length;

  test('leaves the others as they are', () => {
    const mixer = new Mixer({ chance: 0.25, seed: 5 });
    const count = Array.from({ length: 500 }, () => pure(mixer)).reduce((sum, n) => sum + n, 0);
    // Of 4000, standard deviation 27: four of them.
    expect(Math.abs(count - 3000)).toBeLessThan(110);
    const three = new Mixer({ chance: 0, classes: 3 }).draw(ids);
    expect([...three.ratio, ...(three.third?.ratio ?? [])]).toEqual([
      ...new Array(8).fill(1),
      ...new Array(8).fill(0),
    ]);
    const cut = new Mixer({ chance: 0, method: 'cutmix', size }).draw(ids);
    expect([...cut.ratio]).toEqual(new Array(8).fill(1));
  });

  test('is drawn, as the rule is, only where there is something to draw', () => {
    const mixer = new Mixer({ seed: 6 });
    const before = mixer.state();
    mixer.draw(ids);
    const after = mixer.state();
    for (const name of ['rule', 'chance', 'box'] as const) {
      expect(after[name]).toEqual(before[name]);
    }
    expect(after.pairs).not.toEqual(before.pairs);
  });

  test('leaves the draws of those that are mixed as they were', () => {
    const [all, some] = [new Mixer({ seed: 6 }), new Mixer({ seed: 6, chance: 0.5 })];
    for (let n = 0; n < 3; n++) {
      const [a, b] = [all.draw(ids), some.draw(ids)];
      expect(b.partner).toEqual(a.partner);
      b.ratio.forEach((r, i) => {
        if (r !== 1) expect(r).toBe(a.ratio[i]);
      });
    }
  });

  test('is on from its first epoch to its last', () => {
    const mixer = new Mixer({ chance: { first: 3, last: 4 }, ratio: 0.5 });
    const at = (epoch: number) => {
      mixer.epoch = epoch;
      return pure(mixer);
    };
    expect([1, 2, 3, 4, 5].map(at)).toEqual([8, 8, 0, 0, 8]);
    expect(pure(new Mixer({ chance: { first: 1 }, ratio: 0.5 }))).toBe(0);
    expect(pure(new Mixer({ chance: { last: 0 }, ratio: 0.5 }))).toBe(8);
    const later = new Mixer({ chance: { first: 2 }, ratio: 0.5 });
    expect(pure(later)).toBe(8);
    later.epoch = 1000;
    expect(pure(later)).toBe(0);
    const own = new Mixer({
      chance: (epoch) => (epoch === 2 ? 1 : 0),
      ratio: 0.5,
    });
    expect(pure(own)).toBe(8);
    own.epoch = 2;
    expect(pure(own)).toBe(0);
  });

  test('lets ratios follow the epoch', () => {
    const mixer = new Mixer({
      ratio: {
        schedule: [
          [1, 0.25],
          [2, 0.75],
        ],
      },
    });
    expect(mixer.draw(ids).ratio[0]).toBe(0.25);
    mixer.epoch = 2;
    expect(mixer.draw(ids).ratio[0]).toBe(0.75);
    for (const epoch of [0, 1.5, Number.NaN]) {
      expect(() => {
        mixer.epoch = epoch;
      }).toThrow(new RangeError(`Mixer: epoch must be an integer of at least 1, got ${epoch}`));
    }
    expect(mixer.epoch).toBe(2);
  });
});

describe('Mixer.drawFrom', () => {
  const labels = Uint8Array.from({ length: 200 }, (_, i) => i % 7);

  test.each<MixerOptions>([
    {},
    { method: 'mixup', ratio: { beta: 0.3 } },
    { classes: '2 or 3' },
    { method: 'cutmix', size, chance: 0.5 },
  ])('draws the same at once and in parts, %j', (options) => {
    const [once, parts] = [new Mixer({ seed: 7, ...options }), new Mixer({ seed: 7, ...options })];
    const whole = plain(once.drawFrom(labels, 32));
    const [a, b] = [plain(parts.drawFrom(labels, 20)), plain(parts.drawFrom(labels, 12))];
    expect([...a.first, ...b.first]).toEqual(whole.first);
    expect([...a.partner, ...b.partner]).toEqual(whole.partner);
    expect([...a.ratio, ...b.ratio]).toEqual(whole.ratio);
    if (whole.box) expect([...a.box, ...b.box]).toEqual(whole.box);
    if (whole.third) expect([...a.third.ratio, ...b.third.ratio]).toEqual(whole.third.ratio);
  });

  test('applies to the whole set', async () => {
    const mixer = new Mixer({ method: 'bc', numClasses: 7, seed: 8 });
    const images = tf.randomNormal([200, 3], 0, 1, 'float32', 9);
    const { first, partner, ratio } = mixer.drawFrom(labels, 5);
    const mixed = mixer.apply(images, labels, { first, partner, ratio });
    expect([mixed.images.shape, mixed.labels.shape]).toEqual([
      [5, 3],
      [5, 7],
    ]);
    const values = (await images.array()) as number[][];
    await expect(mixed.images).toBeAllClose(
      Array.from(ratio, (r, n) =>
        [0, 1, 2].map(
          (k) =>
            r * (values[first[n] as number]?.[k] as number) +
            (1 - r) * (values[partner[n] as number]?.[k] as number),
        ),
      ).flat(),
    );
  });

  test('draws by weights, and refuses what it cannot', () => {
    const mixer = new Mixer({ method: 'cutmix' });
    const weights = [1, 1, 0, 0, 0, 0, 0];
    const { first, partner } = mixer.drawFrom(labels, 50, { weights, size });
    expect(new Set([...first, ...partner].map((i) => labels[i]))).toEqual(new Set([0, 1]));
    expect(() => mixer.drawFrom(labels, 1)).toThrow('Mixer: boxes need the size of the images');
    expect(() => new Mixer().drawFrom(labels, -1)).toThrow('drawPairsFrom: count must be');
  });
});

describe('Mixer.canDraw', () => {
  test.each<[MixerOptions, number[], boolean]>([
    [{}, [1, 1], false],
    [{}, [1, 2], true],
    [{ classes: 'any' }, [1, 1], true],
    [{ classes: 'any' }, [1], false],
    [{ classes: 'same' }, [1, 1, 2], false],
    [{ classes: 3 }, [1, 2, 2], false],
    [{ classes: '2 or 3' }, [1, 2, 2], false],
    [{ classes: '2 or 3' }, [1, 2, 3], true],
    [{ oneOf: [{ method: 'mixup' }, { method: 'bc' }] }, [1, 1], false],
  ])('of %j for %j is %j', (options, labels, can) => {
    const mixer = new Mixer(options);
    const before = mixer.state();
    expect(mixer.canDraw(labels)).toBe(can);
    expect(mixer.state()).toEqual(before);
  });

  test('looks for three where there may be three', () => {
    const rows = [
      [1, 1, 0],
      [0, 0, 1],
    ];
    for (const seed of [0, 1]) {
      expect(new Mixer({ classes: '2 or 3', seed }).canDraw(rows)).toBe(false);
      expect(new Mixer({ seed }).canDraw(rows)).toBe(true);
    }
  });

  test('does not hide what is wrong with the labels', () => {
    expect(() => new Mixer().canDraw([0, 0.5])).toThrow(TypeError);
  });
});

describe('state and settings of all rules', () => {
  const options: MixerOptions = {
    oneOf: [
      { method: 'bc+', ratio: { curriculum: { epochs: 4 } }, chance: 0.5 },
      { method: 'cutmix', ratio: { beta: 1 }, weight: 2, chance: { first: 2 } },
    ],
    size,
    numClasses: 4,
    seed: 9,
  };

  test('go on from where they were saved, epoch included, through JSON', () => {
    const mixer = new Mixer(options);
    mixer.draw(ids);
    mixer.epoch = 3;
    const saved = JSON.parse(JSON.stringify(mixer.state()));
    const following = Array.from({ length: 6 }, () => plain(mixer.draw(ids)));
    const other = Mixer.fromConfig(JSON.parse(JSON.stringify(mixer.getConfig())) as MixerConfig);
    other.restore(saved);
    expect(other.epoch).toBe(3);
    expect(Array.from({ length: 6 }, () => plain(other.draw(ids)))).toEqual(following);
    expect(other.getConfig()).toEqual(mixer.getConfig());
    expect(mixer.getConfig()).toMatchObject({
      size,
      numClasses: 4,
      label: 'ratio',
      seed: 9,
    });
  });

  test('are refused where JSON cannot hold them', () => {
    expect(() => new Mixer({ chance: () => 1 }).getConfig()).toThrow(
      new TypeError(
        'getConfig: chance must be settings to be written, got a function; keep the other options yourself',
      ),
    );
    expect(() => new Mixer({ oneOf: [{}, { ratio: () => 1 }] }).getConfig()).toThrow(TypeError);
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draw the same for a seed in every release', () => {
    const mixer = new Mixer({ ...options, seed: 42 });
    mixer.epoch = 2;
    expect(
      Array.from({ length: 3 }, () => JSON.stringify(plain(mixer.draw([0, 1, 2])))),
    ).toMatchInlineSnapshot(`
      [
        "{"partner":[1,2,1],"ratio":[0.625,0.625,0.9375],"box":[2,4,8,8,1,4,7,8,0,1,2,3],"rule":1}",
        "{"partner":[2,0,1],"ratio":[1,1,0.9997032880783081],"rule":0}",
        "{"partner":[2,0,0],"ratio":[0.9375,0.6875,0.4375],"box":[1,3,3,5,0,4,5,8,1,2,7,8],"rule":1}",
      ]
    `);
  });
});

describe('a draw that does not fit', () => {
  const mixer = new Mixer({ method: 'bc', numClasses: 4 });
  const images = () => tf.zeros([2, 3]);
  const good: Draw = {
    partner: Int32Array.of(1, 0),
    ratio: Float32Array.of(0.5, 0.5),
  };
  const third = { partner: Int32Array.of(0, 1), ratio: Float32Array.of(0, 0) };

  test.each<[Partial<Draw>, string]>([
    [{ first: Int32Array.of(0, 2) }, 'Mixer: partners must be from 0 to 1, got 2'],
    [
      { first: Int32Array.of(0) },
      'Mixer: all of a draw must be of one length, got 2 partners and 1',
    ],
    [
      { third: { ...third, partner: Int32Array.of(0, -1) } },
      'Mixer: partners must be from 0 to 1, got -1',
    ],
    [
      { third: { ...third, partner: Int32Array.of(0) } },
      'Mixer: all of a draw must be of one length, got 2 partners and 1',
    ],
    [{ third: { ...third, ratio: Float32Array.of(0, 2) } }, 'Mixer: ratio must lie in 0..1, got 2'],
    [
      { third: { ...third, ratio: Float32Array.of(0) } },
      'Mixer: ratio must be one number or 2, one for each example, got 1',
    ],
  ])('is refused, %j', (part, message) => {
    for (const apply of [
      () => mixer.apply(images(), [0, 1], { ...good, ...part }),
      () => mixer.applyImages(images(), { ...good, ...part }),
      () => mixer.applyLabels([0, 1], { ...good, ...part }),
    ]) {
      expect(apply).toThrow(new RangeError(message));
    }
  });

  test('is refused for images that are no batch', () => {
    expect(() => mixer.applyImages(tf.zeros([2]), good)).toThrow(
      new RangeError('Mixer: images must be a batch, [B, …], got [2]'),
    );
  });
});

describe('debug', () => {
  test('is off unless told: nothing is read', () => {
    const mixer = new Mixer({ method: 'bc' });
    const draw: Draw = { partner: Int32Array.of(1, 0), ratio: Float32Array.of(0.5, 0.5) };
    const rows = [
      [3, 0.5],
      [0, 1],
    ];
    expect(mixer.applyLabels(rows, draw).dataSync()[0]).toBe(1.5);
    expect(mixer.apply(tf.zeros([2, 1]), rows, draw).labels.dataSync()[0]).toBe(1.5);
    const broken = tf.tensor2d([[Number.NaN], [1]]);
    expect(mixer.applyImages(broken, draw).dataSync()[0]).toBeNaN();
  });

  test('lets soft rows pass, and names the first number that is not finite', () => {
    const mixer = new Mixer({ method: 'bc', debug: true });
    const draw: Draw = { partner: Int32Array.of(1, 0), ratio: Float32Array.of(0.5, 0.5) };
    const soft = [
      [0.25, 0.75],
      [0.9, 0.1],
    ];
    expect(mixer.applyLabels(soft, draw).shape).toEqual([2, 2]);
    expect(() =>
      mixer.applyLabels(
        [
          [0.25, 0.5],
          [0.9, 0.1],
        ],
        draw,
      ),
    ).toThrow('got 0.75 in row 0');
    const broken = tf.tensor2d([
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
    ]);
    expect(() => mixer.applyImages(broken, draw)).toThrow(
      'Mixer: images must be finite, got NaN in image 0, 2 of 2 in all',
    );
  });

  test('lets multi-hot rows pass, and looks at images and labels that are mixed alone', () => {
    const mixer = new Mixer({ method: 'bc', debug: true });
    const draw: Draw = {
      partner: Int32Array.of(1, 0),
      ratio: Float32Array.of(0.5, 0.5),
    };
    expect(
      mixer.applyLabels(
        [
          [1, 1],
          [0, 0],
        ],
        draw,
      ).shape,
    ).toEqual([2, 2]);
    expect(() =>
      mixer.applyLabels(
        [
          [1, 0.5],
          [0, 1],
        ],
        draw,
      ),
    ).toThrow(
      new RangeError('Mixer: label rows must sum to 1, or hold 0 and 1 alone, got 1.5 in row 0'),
    );
    expect(() => mixer.applyImages(tf.tensor2d([[1], [Number.POSITIVE_INFINITY]]), draw)).toThrow(
      'Mixer: images must be finite, got Infinity in image 1, 1 of 2 in all',
    );
  });
});
