import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { centerCrop } from './augment/centerCrop.js';
import { compose } from './augment/compose.js';
import { resize } from './augment/resize.js';
import type { PreprocessingMethod } from './checkPreprocessing.js';
import type { Dataset } from './dataset.js';
import { embedded } from './embedded.js';
import { streamOf } from './fixtures/streamOf.js';
import { Preprocessing } from './preprocessing.js';

const methods: PreprocessingMethod[] = ['standard', 'bc', 'bc+'];
const train = embedded({ size: 40 });
const four = { data: train.images.slice(0, 4 * 3072), shape: [4, 32, 32, 3] as const };
/** 24 of 27 pixels, which is 0.875. */
const augment = compose([{ step: 'randomResizedCrop', size: [24, 24] }, { step: 'flip' }]);

describe('a preprocessing fitted for an augmentation', () => {
  test('is of what the augmentation gives, and knows what test images go through', () => {
    const { shape, evaluation } = Preprocessing.fit(train, 'bc', { augment });
    expect(shape).toEqual([24, 24, 3]);
    expect(evaluation.steps).toEqual([
      { step: 'resize', size: 27 },
      { step: 'centerCrop', size: [24, 24] },
    ]);
    const plain = compose([{ step: 'flip' }, { step: 'padCrop' }]);
    const { evaluation: none, ...rest } = Preprocessing.fit(train, 'bc', { augment: plain });
    expect(none.steps).toEqual([]);
    expect(rest).toMatchObject({ shape: [32, 32, 3] });
  });

  test.each(methods)('resizes, cuts and normalises test images, %s', async (method) => {
    const preprocessing = Preprocessing.fit(train, method, { augment });
    const floats = { ...four, data: Float32Array.from(four.data) };
    const middle = centerCrop(resize(floats, { size: 27 }), { size: [24, 24] });
    const x = tf.tensor4d(middle.data, [4, 24, 24, 3]);
    const expected = preprocessing.normalize(x);
    const raw = tf.tensor4d(floats.data, [4, 32, 32, 3]);
    await expect(preprocessing.apply(four, 4)).toBeAllClose(expected, { atol: 1e-4 });
    await expect(preprocessing.apply(raw)).toBeAllClose(expected, { atol: 1e-4 });
    await preprocessing.check(preprocessing.apply(four));
  });

  test('survives JSON, with the steps of evaluation', async () => {
    const preprocessing = Preprocessing.fit(train, 'bc+', { augment });
    const loaded = Preprocessing.fromJSON(JSON.parse(JSON.stringify(preprocessing)));
    expect(loaded).toEqual(preprocessing);
    await expect(loaded.apply(four)).toBeAllClose(preprocessing.apply(four));
  });

  test('takes images of other sizes, but not of other channels or classes', () => {
    const preprocessing = Preprocessing.fit(train, 'bc+', { augment });
    const like = (shape: [number, number, number], classes = 10) => ({
      name: 'other',
      shape,
      classNames: new Array<string>(classes).fill('x'),
    });
    preprocessing.checkDataset(like([50, 70, 3]));
    expect(() => preprocessing.checkDataset(like([32, 32, 1]))).toThrow(
      new RangeError('Preprocessing: fitted on images of 3 channels, got other with 1'),
    );
    expect(() => preprocessing.checkDataset(like([32, 32, 3], 11))).toThrow(
      new RangeError('Preprocessing: fitted on 10 classes, got other with 11'),
    );
    const stretched = new Preprocessing({
      ...preprocessing.toJSON(),
      evaluation: [{ step: 'resize', size: 24 }],
    });
    expect(() => stretched.checkDataset(like([24, 30, 3]))).toThrow(
      'Preprocessing: fitted on images [24, 24, 3], got other with images [24, 30, 3]',
    );
  });

  test('says what it needs to resize', () => {
    const preprocessing = Preprocessing.fit(train, 'bc', { augment });
    expect(() => preprocessing.apply(four.data)).toThrow(
      new TypeError(
        'Preprocessing.apply: images that are resized must be { data, shape: [B, H, W, C] } or a tensor, got bare bytes',
      ),
    );
    expect(() => preprocessing.apply(tf.ones([1, 32, 32, 1]))).toThrow(
      new RangeError('Preprocessing.apply: images must be [B, H, W, 3], got [1, 32, 32, 1]'),
    );
    expect(() => preprocessing.normalize(four)).toThrow(
      new RangeError('Preprocessing.normalize: images must be [B, 24, 24, 3], got [4, 32, 32, 3]'),
    );
    expect(() => preprocessing.apply({ ...four, data: four.data.slice(1) })).toThrow(
      'Preprocessing.apply: images [4, 32, 32, 3] need 12288 values, got 12287',
    );
  });

  test('holds one new tensor', () => {
    const preprocessing = Preprocessing.fit(train, 'bc+', { augment });
    const raw = tf.ones([2, 32, 32, 3]);
    const before = tf.memory().numTensors;
    preprocessing.apply(raw);
    preprocessing.apply(four);
    expect(tf.memory().numTensors).toBe(before + 2);
  });
});

describe('Preprocessing.fitStream', () => {
  test.each(methods)('measures exactly what fit does, %s', async (method) => {
    const fitted = await Preprocessing.fitStream(streamOf(train), method, { augment });
    expect(fitted).toEqual(Preprocessing.fit(train, method, { augment }));
  });

  test('measures what two passes in double precision do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 30 }),
        // Bright and nearly flat images are where sums of squares cancel.
        fc.boolean(),
        fc.constantFrom(...methods),
        async (drawn, flat, method) => {
          const images = flat ? drawn.map((image) => image.map((v) => 254 + (v & 1))) : drawn;
          const dataset: Dataset = {
            name: 'drawn',
            images: Uint8Array.from(images.flatMap((image) => Array.from(image))),
            labels: new Uint8Array(images.length),
            shape: [2, 2, 1],
            classNames: ['any'],
          };
          const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
          const values = images.flatMap((image) => {
            const m = method === 'bc+' ? mean(Array.from(image)) : 0;
            return Array.from(image, (v) => v - m);
          });
          const center = mean(values);
          const std = Math.sqrt(mean(values.map((v) => (v - center) ** 2)));
          fc.pre(std > 1e-3);
          const found = await Preprocessing.fitStream(streamOf(dataset), method);
          expect(found.mean[0]).toBeCloseTo(center, 10);
          expect((found.std[0] as number) / std).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refuses a stream that it cannot measure', async () => {
    const flat = { ...train, images: train.images.map((v, i) => (i % 3 ? v : 7)) };
    await expect(Preprocessing.fitStream(streamOf(flat), 'bc')).rejects.toThrow(
      new RangeError(
        'Preprocessing.fitStream: a channel must vary over the training set, got channel 0 the same in every pixel; leave it out',
      ),
    );
    const none = streamOf({ ...train, images: new Uint8Array(), labels: new Uint8Array() });
    await expect(Preprocessing.fitStream(none, 'bc')).rejects.toThrow(
      new RangeError('Preprocessing.fitStream: embedded gave no images'),
    );
    await expect(Preprocessing.fitStream(none, 'x' as 'bc')).rejects.toThrow(
      "Preprocessing.fitStream: method must be 'standard', 'bc' or 'bc+', got 'x'",
    );
  });
});

describe('Preprocessing', () => {
  test('reads files of version 1, which had no evaluation', () => {
    const { version, evaluation, ...old } = Preprocessing.fit(train, 'bc+').toJSON();
    expect(Preprocessing.fromJSON({ version: 1, ...old })).toEqual(Preprocessing.fit(train, 'bc+'));
  });

  test('refuses another method', () => {
    const preprocessing = Preprocessing.fit(train, 'bc');
    preprocessing.checkMethod('bc');
    expect(() => preprocessing.checkMethod('bc+')).toThrow(
      new RangeError(
        "Preprocessing: fitted for 'bc', got 'bc+'; images prepared for one are no test of a model trained on the other",
      ),
    );
    expect(() => preprocessing.checkMethod('b' as 'bc')).toThrow(
      'Preprocessing.checkMethod: method',
    );
  });

  test('normalises what an augmentation of tensors gives', async () => {
    const preprocessing = Preprocessing.fit(train, 'standard', { augment });
    const varied = augment.augment(
      tf.tensor4d(Float32Array.from(four.data), [4, 32, 32, 3]),
      createRandom(1),
    );
    const xs = preprocessing.normalize(varied);
    expect(xs.shape).toEqual([4, 24, 24, 3]);
    const back = tf.add(
      tf.mul(xs, tf.tensor1d([...preprocessing.std])),
      tf.tensor1d([...preprocessing.mean]),
    );
    await expect(back).toBeAllClose(varied, { atol: 1e-3 });
  });
});
