import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { DataIterator } from './dataIterator.js';
import { embedded } from './embedded.js';
import { fromTfData } from './fromTfData.js';
import { tfGenerator } from './tfGenerator.js';

const train = embedded({ size: 10 });
const { shape, classNames } = train;

/** The data set as single examples of tf.data. */
function examples(label = (id: number): tf.TensorContainer => id) {
  const indices = Array.from({ length: 10 }, (_, i) => i);
  return data.array(indices).map((i) => {
    const image = train.images.slice((i as number) * 3072, ((i as number) + 1) * 3072);
    const xs = tf.tensor3d(Int32Array.from(image), [32, 32, 3], 'int32');
    return { xs, ys: label(train.labels[i as number] as number) };
  });
}

async function read(batches: DataIterator): Promise<{ xs: number[]; ids: number[] }> {
  const all = { xs: [] as number[], ids: [] as number[] };
  for await (const { xs, ys, ids } of batches) {
    all.xs.push(...(await xs.data()));
    all.ids.push(...ids);
    tf.dispose([xs, ys]);
  }
  return all;
}

describe('fromTfData', () => {
  test.each([
    ['numbers', (id: number) => id],
    ['scalars', (id: number) => tf.scalar(id, 'int32')],
    ['rows', (id: number) => tf.oneHot(id, 10)],
  ])('is what DataIterator takes, labels being %s', async (_, label) => {
    const stream = fromTfData(examples(label), { shape, classNames });
    const expected = await read(new DataIterator(train, { batchSize: 4 }));
    const before = tf.memory().numTensors;
    expect(await read(new DataIterator(stream, { batchSize: 4 }))).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('skips, and gives parts that hold each example once', async () => {
    const stream = fromTfData(examples(), { shape, classNames, size: 10 });
    const keys = async (skip: number, index: number, count: number) => {
      const found: string[] = [];
      const options = { epoch: 0, seed: null, skip, shard: { index, count } };
      for await (const { key, place } of stream.open(options)) found.push(`${place} ${key}`);
      return found;
    };
    expect(await keys(0, 1, 3)).toEqual(['0 tf.data 1', '1 tf.data 4', '2 tf.data 7']);
    expect(await keys(2, 0, 3)).toEqual(['2 tf.data 6', '3 tf.data 9']);
    expect(await keys(8, 0, 1)).toEqual(['8 tf.data 8', '9 tf.data 9']);
  });

  test('makes a dataset for each epoch where it is given a function', async () => {
    const orders: unknown[] = [];
    const stream = fromTfData(
      (order) => {
        orders.push(order);
        return examples().shuffle(10, String(order.epoch));
      },
      { shape, classNames },
    );
    const batches = new DataIterator(stream, { batchSize: 10, random: createRandom(3) });
    const [first, second] = [await read(batches), await read(batches)];
    expect(orders).toEqual([
      { epoch: 0, seed: 3 },
      { epoch: 1, seed: 3 },
    ]);
    expect(first.xs).not.toEqual(second.xs);
    const again = new DataIterator(stream, { batchSize: 10, random: createRandom(3) });
    expect(await read(again)).toEqual(first);
  });

  test('refuses images that are no bytes, or of another shape', async () => {
    const stream = (xs: tf.Tensor) =>
      fromTfData(
        data.array([0]).map(() => ({ xs: tf.clone(xs), ys: 0 })),
        {
          shape: [1, 2, 1],
          classNames: ['any'],
        },
      );
    const message = (xs: tf.Tensor) =>
      read(new DataIterator(stream(xs), { batchSize: 1 })).catch((error) => error.message);
    expect(await message(tf.tensor3d([0, 0.5], [1, 2, 1]))).toBe(
      'fromTfData: xs must be whole numbers 0..255, got 0.5 in tf.data 0; scale and round them',
    );
    expect(await message(tf.tensor3d([0, 256], [1, 2, 1]))).toContain('got 256 in tf.data 0');
    expect(await message(tf.tensor3d([0, Number.NaN], [1, 2, 1]))).toContain('got NaN in');
    expect(await message(tf.tensor3d([0, 1], [2, 1, 1]))).toBe(
      'fromTfData: xs must be [1, 2, 1], got [2, 1, 1] in tf.data 0',
    );
    expect(() => fromTfData(examples(), { shape: [1] as never, classNames })).toThrow(
      new RangeError('fromTfData: shape must be [height, width, channels], got [1]'),
    );
  });
});

describe('tfGenerator', () => {
  test('gives the batches of an epoch for each iteration, to be mapped further', async () => {
    const batches = new DataIterator(train, { batchSize: 4, random: createRandom(1) });
    const expected = await read(new DataIterator(train, { batchSize: 4, random: createRandom(1) }));
    const dataset = data
      .generator(tfGenerator(batches))
      .map(({ xs, ys }) => ({ xs: tf.neg(xs), ys }));
    const seen: number[] = [];
    await dataset.forEachAsync(({ xs, ys }) => {
      seen.push(...xs.dataSync());
      expect(ys.shape[1]).toBe(10);
    });
    expect(seen).toEqual(expected.xs.map((value) => -value));
    expect(batches.state()).toMatchObject({ epoch: 1, batch: 0 });
  });
});
