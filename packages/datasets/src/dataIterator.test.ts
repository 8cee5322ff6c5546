import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as fc from 'fast-check';
import type { DataIteratorState } from './batches/DataIteratorOptions.js';
import { DataIterator } from './dataIterator.js';
import type { Dataset } from './dataset.js';
import { embedded } from './embedded.js';
import { Preprocessing } from './preprocessing.js';
import type { Batch } from './readExamples.js';

/** `count` images of 1 × 2 pixels whose first byte is their number and whose class is that modulo 3. */
function numbered(count: number): Dataset {
  return {
    name: 'numbered',
    images: Uint8Array.from({ length: 2 * count }, (_, i) => (i % 2 ? 200 : i / 2)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
    shape: [1, 2, 1],
    classNames: ['a', 'b', 'c'],
  };
}

/** The indices of each batch of one loop, at most `most` of them. */
async function loop(batches: DataIterator, most = Number.POSITIVE_INFINITY): Promise<number[][]> {
  const seen: number[][] = [];
  for await (const { xs, ys, indices } of batches) {
    tf.dispose([xs, ys]);
    seen.push(Array.from(indices));
    if (seen.length === most) break;
  }
  return seen;
}

const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('DataIterator', () => {
  test('gives images, rows, class numbers and indices that belong together', async () => {
    const dataset = numbered(10);
    for await (const { xs, ys, ids, indices } of new DataIterator(dataset, {
      batchSize: 4,
      random: createRandom(1),
    })) {
      const expected = Array.from(indices, (i) => [i, 200]);
      expect(await xs.array()).toEqual(expected.map(([a, b]) => [[[a], [b]]]));
      expect(xs.dtype).toBe('float32');
      expect(Array.from(ids)).toEqual(Array.from(indices, (i) => i % 3));
      expect(await ys.array()).toEqual(Array.from(ids, (id) => upTo(3).map((k) => +(k === id))));
    }
  });

  test('goes through the data set in its own order without a generator', async () => {
    expect(await loop(new DataIterator(numbered(5), { batchSize: 2 }))).toEqual([
      [0, 1],
      [2, 3],
      [4],
    ]);
  });

  test('gives each example once an epoch, in a new order each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), async (count, seed) => {
        const batchSize = 1 + (seed % count);
        const random = createRandom(seed);
        const batches = new DataIterator(numbered(count), {
          batchSize,
          random,
        });
        const epoch = await loop(batches);
        expect(epoch.length).toBe(batches.batches);
        expect(sorted(epoch.flat())).toEqual(upTo(count));
        expect(epoch.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
        expect(sorted((await loop(batches)).flat())).toEqual(upTo(count));
      }),
      { numRuns: 30 },
    );
    const batches = new DataIterator(numbered(40), {
      batchSize: 40,
      random: createRandom(1),
    });
    const [first, second] = [await loop(batches), await loop(batches)];
    expect(first).not.toEqual(second);
    expect(first).not.toEqual([upTo(40)]);
  });

  test('draws the same orders for a seed in every release', async () => {
    const batches = new DataIterator(numbered(6), {
      batchSize: 6,
      random: createRandom(42),
    });
    expect([...(await loop(batches)), ...(await loop(batches))]).toMatchInlineSnapshot(`
      [
        [
          4,
          1,
          3,
          2,
          0,
          5,
        ],
        [
          2,
          4,
          1,
          3,
          0,
          5,
        ],
      ]
    `);
  });

  test('does not mind what else was drawn from the generator', async () => {
    const used = createRandom(3);
    used();
    const options = { batchSize: 3 };
    expect(await loop(new DataIterator(numbered(9), { ...options, random: used }))).toEqual(
      await loop(new DataIterator(numbered(9), { ...options, random: createRandom(3) })),
    );
  });

  test('leaves out the last batch when told, unless it is full', async () => {
    const count = async (examples: number, dropLast: boolean) => {
      const batches = new DataIterator(numbered(examples), {
        batchSize: 4,
        dropLast,
      });
      expect(batches.size).toBe(batches.batches);
      const seen = await loop(batches);
      expect(seen.length).toBe(batches.batches);
      return seen.map((batch) => batch.length);
    };
    expect(await count(10, false)).toEqual([4, 4, 2]);
    expect(await count(10, true)).toEqual([4, 4]);
    expect(await count(8, true)).toEqual([4, 4]);
  });

  test('preprocesses', async () => {
    const train = embedded({ size: 30 });
    const preprocessing = Preprocessing.fit(train, 'bc+');
    const all = await preprocessing.apply(train.images).data();
    for await (const { xs, indices } of new DataIterator(train, {
      batchSize: 8,
      random: createRandom(1),
      preprocessing,
    })) {
      await preprocessing.check(xs);
      const expected = Array.from(indices).flatMap((i) =>
        Array.from(all.slice(i * 3072, (i + 1) * 3072)),
      );
      await expect(xs).toBeAllClose(expected, { rtol: 0, atol: 0 });
    }
  });

  test('holds two tensors a batch, which are the caller’s', async () => {
    const train = embedded({ size: 20 });
    const preprocessing = Preprocessing.fit(train, 'bc+');
    const batches = new DataIterator(train, { batchSize: 5, preprocessing });
    const before = tf.memory().numTensors;
    for await (const { xs, ys } of batches) {
      expect(tf.memory().numTensors).toBe(before + 2);
      tf.dispose([xs, ys]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  describe('state', () => {
    const make = (seed = 7) =>
      new DataIterator(numbered(11), {
        batchSize: 3,
        random: createRandom(seed),
      });

    test('lets another iterator go on exactly where this one stood', async () => {
      const whole = make();
      const expected = [...(await loop(whole)), ...(await loop(whole)), ...(await loop(whole))];
      for (let taken = 0; taken <= 8; taken++) {
        const first = make();
        const seen = await take(first, taken);
        const saved = JSON.parse(JSON.stringify(first.state())) as DataIteratorState;
        const second = make();
        second.restore(saved);
        expect([...seen, ...(await take(second, expected.length - taken))]).toEqual(expected);
      }
    });

    test('counts the batch at hand as given', async () => {
      const batches = make();
      const states: DataIteratorState[] = [];
      for await (const { xs, ys } of batches) {
        tf.dispose([xs, ys]);
        states.push(batches.state());
      }
      expect(states.map(({ epoch, batch }) => [epoch, batch])).toEqual([
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 0],
      ]);
      expect(batches.state()).toEqual({
        version: 1,
        epoch: 1,
        batch: 0,
        place: 0,
        examples: 11,
        batchSize: 3,
        dropLast: false,
        seed: 7,
        shard: null,
        augment: [],
      });
    });

    test('a loop that was left is not gone on with, but for a restored state', async () => {
      const whole = make();
      const [, second] = [await loop(whole), await loop(whole)];
      const batches = make();
      await loop(batches, 2);
      expect(await loop(batches)).toEqual(second);

      const left = make();
      await loop(left, 2);
      left.restore(left.state());
      expect(await loop(left)).toHaveLength(2);
      expect(await loop(left)).toEqual(second);
    });

    test.each<[string, unknown, string]>([
      [
        'nothing',
        undefined,
        'restore: state must come from state() of a DataIterator, version 1, got undefined',
      ],
      ['another version', { version: 2 }, 'got {"version":2}'],
      [
        'another seed',
        make(8).state(),
        'restore: seed must be as it was, 7 here, got 8 in the state',
      ],
      [
        'another data set',
        { ...make().state(), examples: 12 },
        'restore: examples must be as it was, 11 here, got 12 in the state',
      ],
      [
        'another batch size',
        { ...make().state(), batchSize: 4 },
        'restore: batchSize must be as it was, 3 here, got 4 in the state',
      ],
      [
        'a batch beyond the end',
        { ...make().state(), batch: 4 },
        'restore: batch must be below 4, got 4',
      ],
      [
        'a broken epoch',
        { ...make().state(), epoch: -1 },
        'restore: epoch, batch and place must be whole numbers from 0, got -1, 0 and 0',
      ],
    ])('refuses %s and stays where it was', async (_, state, message) => {
      const batches = make();
      await loop(batches, 2);
      const before = batches.state();
      expect(() => batches.restore(state as DataIteratorState)).toThrow(message);
      expect(batches.state()).toEqual(before);
    });
  });

  describe('with tfjs-layers', () => {
    const train = numbered(10);
    const preprocessing = Preprocessing.fit(train, 'standard');
    const classifier = () => {
      const model = sequential({
        layers: [
          layers.flatten({ inputShape: [1, 2, 1] }),
          layers.dense({ units: 3, kernelInitializer: 'zeros' }),
        ],
      });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      return model;
    };

    test('is what fitDataset and evaluateDataset take', async () => {
      const model = classifier();
      const seen: number[] = [];
      class Watched extends DataIterator {
        override async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
          for await (const batch of {
            [Symbol.asyncIterator]: () => super[Symbol.asyncIterator](),
          }) {
            seen.push(...batch.indices);
            yield batch;
          }
        }
      }
      const options = { batchSize: 4, random: createRandom(1), preprocessing };
      const before = tf.memory().numTensors;
      const history = await model.fitDataset(new Watched(train, options), {
        epochs: 3,
        verbose: 0,
      });
      expect(history.epoch).toEqual([0, 1, 2]);
      expect(seen).toHaveLength(30);
      for (const epoch of [0, 10, 20])
        expect(sorted(seen.slice(epoch, epoch + 10))).toEqual(upTo(10));
      const losses = history.history.loss as number[];
      expect(losses[2]).toBeLessThan(losses[0] as number);
      expect(tf.memory().numTensors).toBeLessThan(before + 4);

      const evaluated = await model.evaluateDataset(
        new DataIterator(train, { batchSize: 4, preprocessing }),
        { verbose: 0 } as never,
      );
      expect(((await (evaluated as tf.Scalar).data())[0] as number) < 0.3).toBe(true);
      model.dispose();
    });
  });

  test('refuses a batch larger than the data set', () => {
    expect(() => new DataIterator(numbered(10), { batchSize: 11 })).toThrow(
      new RangeError(
        'DataIterator: batchSize must be at most the 10 images of numbered, got 11; use a smaller batch or more images',
      ),
    );
    expect(new DataIterator(numbered(10), { batchSize: 10 }).batches).toBe(1);
  });

  test('says what its arguments must be', () => {
    const dataset = numbered(10);
    expect(() => new DataIterator(dataset, { batchSize: 0 })).toThrow(
      new RangeError('DataIterator: batchSize must be a whole number from 1, got 0'),
    );
    expect(
      () => new DataIterator({ ...dataset, classNames: ['a', 'b'] }, { batchSize: 1 }),
    ).toThrow(
      new RangeError(
        'DataIterator: labels must be 0..1, one for each of the 2 class names, got 2 for image 2',
      ),
    );
    const nan = new Float32Array(20).fill(Number.NaN) as unknown as Uint8Array;
    expect(() => new DataIterator({ ...dataset, images: nan }, { batchSize: 1 })).toThrow(
      'DataIterator: images must be bytes, a Uint8Array of values 0..255, got Float32Array',
    );
    expect(() => new DataIterator(dataset, { batchSize: 1, random: (() => 0) as never })).toThrow(
      new TypeError(
        'DataIterator: random must come from createRandom(seed), so that an epoch can be drawn again',
      ),
    );
    const other = Preprocessing.fit(embedded({ size: 10 }), 'bc');
    expect(() => new DataIterator(dataset, { batchSize: 1, preprocessing: other })).toThrow(
      'Preprocessing: fitted on images [32, 32, 3], got numbered with images [1, 2, 1]',
    );
  });
});

/** The next `count` batches, over as many epochs as they take, stopping within the last one. */
async function take(batches: DataIterator, count: number): Promise<number[][]> {
  const seen: number[][] = [];
  while (seen.length < count) seen.push(...(await loop(batches, count - seen.length)));
  return seen;
}
