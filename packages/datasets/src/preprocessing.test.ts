import * as tf from '@tensorflow/tfjs-core';
import type { PreprocessingMethod } from './checkPreprocessing.js';
import type { Dataset } from './dataset.js';
import { embedded } from './embedded.js';
import { golden } from './fixtures/golden.js';
import { Preprocessing, type PreprocessingArgs, type PreprocessingJSON } from './preprocessing.js';

const methods: PreprocessingMethod[] = ['standard', 'bc', 'bc+'];

function tiny(images: number[], labels: number[] = [0, 1]): Dataset {
  return {
    name: 'tiny',
    images: Uint8Array.from(images),
    labels: Uint8Array.from(labels),
    shape: [1, 2, 2],
    classNames: ['cat', 'dog'],
  };
}

describe('Preprocessing.fit', () => {
  // Channel 0 holds 0, 2, 4, 10; channel 1 holds 2, 4, 6, 4.
  const dataset = tiny([0, 2, 2, 4, 4, 6, 10, 4]);

  test.each(['standard', 'bc'] as const)('measures each channel, %s', (method) => {
    const { mean, std, shape, classes } = Preprocessing.fit(dataset, method);
    expect(mean).toEqual([4, 4]);
    expect(std[0]).toBeCloseTo(Math.sqrt((16 + 4 + 0 + 36) / 4), 12);
    expect(std[1]).toBeCloseTo(Math.sqrt((4 + 0 + 4 + 0) / 4), 12);
    expect({ shape, classes }).toEqual({ shape: [1, 2, 2], classes: 2 });
  });

  test('measures what is left of the images without their means under bc+', () => {
    // The means are 2 and 6: channel 0 is left with -2, 0, -2, 4, channel 1 with 0, 2, 0, -2.
    const { mean, std } = Preprocessing.fit(dataset, 'bc+');
    expect(mean).toEqual([0, 0]);
    expect(std[0]).toBeCloseTo(Math.sqrt(24 / 4), 12);
    expect(std[1]).toBeCloseTo(Math.sqrt(8 / 4), 12);
  });

  test.each(methods)('leaves the training set with mean 0 and deviation 1, %s', async (method) => {
    const train = embedded({ size: 200 });
    const xs = Preprocessing.fit(train, method).apply(train.images);
    const { mean, variance } = tf.moments(xs, [0, 1, 2]);
    await expect(mean).toBeAllClose([0, 0, 0], { atol: 1e-4 });
    await expect(variance).toBeAllClose([1, 1, 1], { atol: 1e-3 });
  });

  test('leaves every image with mean 0 under bc+, in grey levels', async () => {
    const train = embedded({ size: 50 });
    const preprocessing = Preprocessing.fit(train, 'bc+');
    const { mean, std } = preprocessing;
    const xs = preprocessing.apply(train.images);
    const grey = tf.add(tf.mul(xs, tf.tensor1d([...std])), tf.tensor1d([...mean]));
    await expect(tf.mean(grey, [1, 2, 3])).toBeAllClose(new Array(50).fill(0), { atol: 1e-3 });
  });

  test('refuses what it cannot measure', () => {
    expect(() => Preprocessing.fit(tiny([1, 7, 2, 7, 3, 7, 4, 7]), 'bc')).toThrow(
      new RangeError(
        'Preprocessing.fit: a channel must vary over the training set, got channel 1 the same in every pixel; leave it out',
      ),
    );
    expect(() => Preprocessing.fit(tiny([7, 7, 7, 7, 9, 9, 9, 9]), 'bc+')).toThrow('channel 0 the');
    expect(() => Preprocessing.fit(dataset, 'bcplus' as 'bc')).toThrow(
      new RangeError("Preprocessing.fit: method must be 'standard', 'bc' or 'bc+', got 'bcplus'"),
    );
  });

  test.each<[string, Partial<Record<keyof Dataset, unknown>>, string]>([
    [
      'images that are no bytes, whatever NaN they may hold',
      { images: new Float32Array(8).fill(Number.NaN) },
      'images must be bytes, a Uint8Array of values 0..255, got Float32Array; round and clamp them',
    ],
    [
      'labels of another kind',
      { labels: [0, 1] },
      'labels must be a Uint8Array or an Int32Array, got Array',
    ],
    [
      'a label beyond the classes',
      { labels: Int32Array.of(0, 2) },
      'labels must be 0..1, one for each of the 2 class names, got 2 for image 1',
    ],
    [
      'a negative label',
      { labels: Int32Array.of(-1, 0) },
      'labels must be 0..1, one for each of the 2 class names, got -1 for image 0',
    ],
    [
      'too few bytes',
      { images: new Uint8Array(7) },
      '2 labels and shape [1, 2, 2] need 8 image bytes, got 7',
    ],
    ['a flat shape', { shape: [1, 2] }, 'shape must be [height, width, channels], got [1,2]'],
    [
      'too few soft labels',
      { softLabels: Float32Array.of(1, 0, 1) },
      'softLabels must be a Float32Array of 2 rows of 2 shares, got Float32Array of 3 numbers',
    ],
    [
      'soft labels of another sum',
      { softLabels: Float32Array.of(0.5, 0.5, 0.5, 0.25) },
      'each row of softLabels must be shares from 0 with the sum 1, got the sum 0.75 and the least 0 for image 1',
    ],
    [
      'a negative soft label',
      { softLabels: Float32Array.of(1.5, -0.5, 1, 0) },
      'got the sum 1 and the least -0.5 for image 0',
    ],
    [
      'soft labels that are no numbers',
      { softLabels: Float32Array.of(1, 0, 0, Number.NaN) },
      'got the sum NaN and the least NaN for image 1',
    ],
    [
      'nothing',
      { images: new Uint8Array(0), labels: new Uint8Array(0) },
      'the data set holds no images',
    ],
  ])('refuses a data set with %s', (_, wrong, message) => {
    const broken = { ...dataset, ...wrong } as Dataset;
    expect(() => Preprocessing.fit(broken, 'bc')).toThrow(/^Preprocessing\.fit: /);
    expect(() => Preprocessing.fit(broken, 'bc')).toThrow(message);
  });
});

describe('Preprocessing', () => {
  const args: PreprocessingArgs = {
    method: 'bc+',
    mean: [1.5, 2],
    std: [0.1, 3],
    shape: [1, 2, 2],
    classes: 10,
  };

  test.each(methods)('survives JSON, %s', async (method) => {
    const train = embedded({ size: 20 });
    const fitted = Preprocessing.fit(train, method);
    const loaded = Preprocessing.fromJSON(JSON.parse(JSON.stringify(fitted)));
    expect(loaded).toEqual(fitted);
    await expect(loaded.apply(train.images)).toBeAllClose(fitted.apply(train.images), {
      rtol: 0,
      atol: 0,
    });
  });

  test('writes its version and all that it is', () => {
    expect(new Preprocessing(args).toJSON()).toEqual({ version: 2, ...args, evaluation: [] });
  });

  test.each<[unknown, string]>([
    [undefined, 'version must be 1 or 2, got undefined'],
    [
      { ...args, version: 3 },
      'version must be 1 or 2, got 3; was it written by a later @bcl/datasets?',
    ],
    [{ ...args, version: 2 }, 'compose: steps must be a list'],
    [
      { ...args, version: 2, evaluation: [{ step: 'unheard' }] },
      'compose: step must be one of flip',
    ],
    [
      { ...args, version: 1, std: [0, 1] },
      'std must be 2 numbers above 0, one for each channel, got [0,1]',
    ],
    [
      { ...args, version: 1, mean: [1] },
      'mean must be 2 finite numbers, one for each channel, got [1]',
    ],
    [{ ...args, version: 1, mean: ['1', '2'] }, 'mean must be 2 finite numbers'],
    [
      { ...args, version: 1, shape: [1, 2, 0] },
      'shape must be [height, width, channels], got [1,2,0]',
    ],
    [{ ...args, version: 1, classes: 0 }, 'classes must be a whole number from 1, got 0'],
    [{ ...args, version: 1, method: 'x' }, "method must be 'standard', 'bc' or 'bc+', got 'x'"],
  ])('refuses the JSON %j', (json, message) => {
    expect(() => Preprocessing.fromJSON(json as PreprocessingJSON)).toThrow(message);
  });

  test('refuses images of another shape or number', () => {
    const preprocessing = new Preprocessing(args);
    expect(() => preprocessing.apply(new Uint8Array(6))).toThrow(
      new RangeError(
        'Preprocessing.apply: whole images of [1, 2, 2] need 4 bytes each, got 6 bytes',
      ),
    );
    expect(() => preprocessing.apply(new Uint8Array(8), 3)).toThrow(
      new RangeError('Preprocessing.apply: 3 images of [1, 2, 2] need 4 bytes each, got 8 bytes'),
    );
    expect(() => preprocessing.apply(tf.ones([2, 2, 1, 2]))).toThrow(
      new RangeError('Preprocessing.apply: images must be [B, 1, 2, 2], got [2, 2, 1, 2]'),
    );
    expect(() => preprocessing.apply(tf.ones([1, 2, 2]))).toThrow('got [1, 2, 2]');
    expect(() => preprocessing.apply(tf.ones([1, 1, 2, 2]), 2)).toThrow(
      new RangeError('Preprocessing.apply: expected 2 images, got 1'),
    );
    expect(() => preprocessing.apply([0, 0, 0, 0] as unknown as Uint8Array)).toThrow(
      new TypeError(
        'Preprocessing.apply: images must be a Uint8Array, { data, shape } or a tensor of values 0..255',
      ),
    );
  });

  test('refuses a data set of other images or classes', () => {
    const preprocessing = Preprocessing.fit(embedded({ size: 20 }), 'bc');
    preprocessing.checkDataset(embedded({ size: 10, split: 'test' }));
    expect(() => preprocessing.checkDataset(tiny([]))).toThrow(
      new RangeError('Preprocessing: fitted on images [32, 32, 3], got tiny with images [1, 2, 2]'),
    );
    const more = { ...embedded({ size: 10 }), classNames: new Array(100).fill('x') };
    expect(() => preprocessing.checkDataset(more)).toThrow(
      new RangeError('Preprocessing: fitted on 10 classes, got embedded with 100'),
    );
  });
});

describe('Preprocessing.check', () => {
  const train = embedded({ size: 200 });
  const testSet = embedded({ size: 40, split: 'test' });
  const raw = () => tf.tensor4d(Int32Array.from(testSet.images), [40, 32, 32, 3], 'int32');
  const fitted = (method: PreprocessingMethod) => Preprocessing.fit(train, method);
  const first = (count: number, xs: tf.Tensor4D) => tf.slice(xs, 0, count);

  test.each(methods)('passes what apply gives, one image or many, %s', async (method) => {
    const preprocessing = fitted(method);
    await preprocessing.check(preprocessing.apply(testSet.images));
    for (let i = 0; i < 40; i++) {
      const xs = preprocessing.apply(testSet.images.slice(i * 3072, (i + 1) * 3072));
      await preprocessing.check(xs);
    }
    await preprocessing.check(preprocessing.apply(raw()));
  });

  test.each(methods)('passes flat images and black ones, %s', async (method) => {
    const preprocessing = fitted(method);
    await preprocessing.check(preprocessing.apply(new Uint8Array(3072)));
    await preprocessing.check(preprocessing.apply(new Uint8Array(3072).fill(255)));
    await preprocessing.check(preprocessing.apply(new Uint8Array(3072).fill(127)));
    await preprocessing.check(tf.zeros([2, 32, 32, 3]));
  });

  test.each(methods)('passes images that were resized, %s', async (method) => {
    const preprocessing = fitted(method);
    const half = tf.image.resizeBilinear(tf.cast(raw(), 'float32'), [20, 20]);
    const back = tf.image.resizeBilinear(half, [32, 32]);
    await preprocessing.check(preprocessing.apply(back));
  });

  test.each(['standard', 'bc'] as const)(
    'passes flipped and cropped images, %s',
    async (method) => {
      const preprocessing = fitted(method);
      const xs = tf.pad(tf.slice(preprocessing.apply(testSet.images), [0, 4, 0, 0]), [
        [0, 0],
        [0, 4],
        [0, 0],
        [0, 0],
      ]);
      await preprocessing.check(xs);
    },
  );

  // The mistake of a report: a model trained with BC+ and tested on images that kept their mean.
  test.each(['standard', 'bc'] as const)('refuses images of %s for bc+', async (method) => {
    const xs = fitted(method).apply(testSet.images);
    await expect(fitted('bc+').check(xs)).rejects.toThrow(
      /^Preprocessing\.check: bc\+ wants images that lost their own mean, got (39|40) of 40 that kept one, up to -?\d+\.\d grey levels; pass bytes/,
    );
  });

  test('refuses images that kept their mean and went through the constants of bc+', async () => {
    const { mean, std } = fitted('bc+');
    const kept = tf.div<tf.Tensor4D>(tf.sub(raw(), tf.tensor1d([...mean])), tf.tensor1d([...std]));
    await expect(fitted('bc+').check(kept)).rejects.toThrow('got 40 of 40 that kept one');
    await expect(fitted('bc+').check(first(1, kept))).rejects.toThrow('got 1 of 1 that kept one');
  });

  test('refuses one such image among good ones', async () => {
    const good = fitted('bc+').apply(testSet.images);
    const bad = fitted('bc').apply(testSet.images);
    const xs = tf.concat([first(7, good), first(1, bad)]);
    await expect(fitted('bc+').check(xs)).rejects.toThrow('got 1 of 8 that kept one');
  });

  test('refuses the published constants of BC on BC+ images the other way round', async () => {
    const { bc, bcPlus } = golden.constants.cifar10;
    const args = { shape: [32, 32, 3], classes: 10 } as const;
    const plain = new Preprocessing({ method: 'bc', ...bc, ...args });
    const waves = new Preprocessing({ method: 'bc+', ...bcPlus, ...args });
    await expect(waves.check(plain.apply(testSet.images))).rejects.toThrow('lost their own mean');
    await waves.check(waves.apply(testSet.images));
  });

  describe.each(methods)('for %s', (method) => {
    test.each<[string, (xs: tf.Tensor) => tf.Tensor]>([
      ['0..255', (xs) => tf.cast(xs, 'float32')],
      ['0..1', (xs) => tf.div(xs, 255)],
      ['-1..1', (xs) => tf.sub(tf.div(xs, 127.5), 1)],
    ])('refuses raw images %s', async (scale, change) => {
      const xs = change(raw()) as tf.Tensor4D;
      const message = `Preprocessing.check: images must be preprocessed for ${method}, got raw values ${scale}; pass bytes 0..255 through preprocessing.apply`;
      await expect(fitted(method).check(xs)).rejects.toThrow(new RangeError(message));
      await expect(fitted(method).check(first(1, xs))).rejects.toThrow(message);
    });

    test('refuses NaN and infinite values', async () => {
      const values = await fitted(method).apply(testSet.images).data();
      values[3 * 3072 + 5] = Number.NaN;
      values[3 * 3072 + 6] = Number.NaN;
      values[9 * 3072] = Number.POSITIVE_INFINITY;
      const xs = tf.tensor4d(values, [40, 32, 32, 3]);
      await expect(fitted(method).check(xs)).rejects.toThrow(
        new RangeError('Preprocessing.check: images must be finite, got NaN in 2 of 40 images'),
      );
    });

    test('refuses another shape', async () => {
      await expect(fitted(method).check(tf.ones([1, 28, 28, 1]))).rejects.toThrow(
        new RangeError('Preprocessing.check: images must be [B, 32, 32, 3], got [1, 28, 28, 1]'),
      );
    });

    test('makes no tensor and keeps its input', async () => {
      const xs = fitted(method).apply(testSet.images);
      const before = tf.memory().numTensors;
      await fitted(method).check(xs);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test('refuses images that were preprocessed twice, or lie beyond what bytes can give', async () => {
    const preprocessing = fitted('bc');
    const far = tf.mul<tf.Tensor4D>(preprocessing.apply(testSet.images), 20);
    await expect(preprocessing.check(far)).rejects.toThrow(
      /^Preprocessing\.check: images must be preprocessed for bc, got -?[\d.]+, which stands for grey level -?\d+, beyond 0\.\.255; pass bytes 0\.\.255 through preprocessing\.apply, once$/,
    );
  });
});
