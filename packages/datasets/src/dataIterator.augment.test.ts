import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { compose } from './augment/compose.js';
import { DataIterator } from './dataIterator.js';
import { embedded } from './embedded.js';
import { takeBatches, takeOver } from './fixtures/batches.js';
import { Preprocessing } from './preprocessing.js';
import { readExamples } from './readExamples.js';

const train = embedded({ size: 22 });
const preprocessing = Preprocessing.fit(train, 'bc+');
const cifar = compose([{ step: 'flip' }, { step: 'padCrop', padding: 4 }]);
const cut = compose([
  { step: 'randomResizedCrop', size: [16, 16] },
  { step: 'flip' },
  { step: 'pcaColor' },
  { step: 'randomErasing', fill: 'normal' },
]);

describe('DataIterator with an augmentation', () => {
  test('preprocesses and varies, drawing from the stream of the epoch and the batch', async () => {
    const random = createRandom(5);
    const options = { batchSize: 8, random, preprocessing };
    const batches = new DataIterator(train, { ...options, augment: cifar });
    for (const epoch of [1, 2]) {
      for (const [b, { xs, indices }] of (await takeBatches(batches)).entries()) {
        const plain = readExamples(train, indices, preprocessing).xs;
        const expected = cifar.augment(plain, random.stream(`batch ${epoch}.${b}`));
        expect(xs).toEqual(await expected.data());
      }
    }
  });

  test('leaves order and labels as they are without it', async () => {
    const of = (options: object) =>
      takeBatches(new DataIterator(train, { batchSize: 8, random: createRandom(5), ...options }));
    const [plain, varied] = [await of({}), await of({ augment: cifar })];
    const rest = (all: typeof plain) => all.map(({ ys, ids, indices }) => ({ ys, ids, indices }));
    expect(rest(varied)).toEqual(rest(plain));
    expect(varied.map(({ xs }) => xs)).not.toEqual(plain.map(({ xs }) => xs));
  });

  test('goes on inside an epoch with the same images', async () => {
    const fitted = Preprocessing.fit(train, 'bc+', { augment: cut });
    const make = () =>
      new DataIterator(train, {
        batchSize: 5,
        random: createRandom(2),
        preprocessing: fitted,
        augment: cut,
      });
    const expected = await takeOver(make(), 12);
    expect(expected[0]?.shape).toEqual([5, 16, 16, 3]);
    for (const taken of [0, 3, 5, 7]) {
      const first = make();
      const seen = await takeOver(first, taken);
      const second = make();
      second.restore(JSON.parse(JSON.stringify(first.state())));
      expect([...seen, ...(await takeOver(second, 12 - taken))]).toEqual(expected);
    }
  });

  test('gives test images as the preprocessing says when it is not told to vary them', async () => {
    const fitted = Preprocessing.fit(train, 'standard', { augment: cut });
    const [batch] = await takeBatches(
      new DataIterator(train, { batchSize: 22, preprocessing: fitted }),
    );
    const raw = { data: train.images, shape: [22, 32, 32, 3] as const };
    expect(batch?.xs).toEqual(await fitted.apply(raw).data());
    expect(batch?.shape).toEqual([22, 16, 16, 3]);
  });

  test('varies without a preprocessing, and without chance where no step draws', async () => {
    const augment = compose([{ step: 'centerCrop', size: [2, 2] }]);
    const [batch] = await takeBatches(new DataIterator(train, { batchSize: 3, augment }));
    expect(batch?.shape).toEqual([3, 2, 2, 3]);
    expect(batch?.xs[0]).toBe(train.images[(15 * 32 + 15) * 3]);
  });

  test('holds two tensors a batch', async () => {
    const before = tf.memory().numTensors;
    const options = { batchSize: 8, random: createRandom(1), preprocessing, augment: cifar };
    for await (const { xs, ys } of new DataIterator(train, options)) {
      expect(tf.memory().numTensors).toBe(before + 2);
      tf.dispose([xs, ys]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('says what does not fit', () => {
    const random = createRandom(1);
    expect(() => new DataIterator(train, { batchSize: 4, augment: cifar })).toThrow(
      new TypeError('DataIterator: augment draws, so give random: createRandom(seed) as well'),
    );
    expect(
      () => new DataIterator(train, { batchSize: 4, random, preprocessing, augment: cut }),
    ).toThrow(
      new RangeError(
        'Preprocessing: fitted on images [32, 32, 3], got embedded with images [32, 32, 3], which become [16, 16, 3]',
      ),
    );
    const large = compose([{ step: 'randomCrop', size: [33, 33] }]);
    expect(() => new DataIterator(train, { batchSize: 4, random, augment: large })).toThrow(
      'drawRandomCrop: size must be at most that of the images, [32, 32], got [33, 33]; resize them first',
    );
    const two = compose([{ step: 'randomErasing', fill: [1, 2] }]);
    expect(() => new DataIterator(train, { batchSize: 4, random, augment: two })).toThrow(
      'drawRandomErasing: fill must have a value for each of 3 channels, got 2',
    );
    const batches = new DataIterator(train, { batchSize: 4, random, augment: cifar });
    const other = new DataIterator(train, { batchSize: 4, random });
    expect(() => other.restore(batches.state())).toThrow(
      'restore: augment must be as it was, [] here, got [{"step":"flip","probability":0.5},{"step":"padCrop","padding":4}] in the state',
    );
  });
});
