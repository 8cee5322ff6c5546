import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as fc from 'fast-check';
import { compose } from './augment/compose.js';
import { DataIterator } from './dataIterator.js';
import type { Dataset } from './dataset.js';
import { embedded } from './embedded.js';
import { takeBatches, takeOver } from './fixtures/batches.js';
import { streamOf } from './fixtures/streamOf.js';
import { Preprocessing } from './preprocessing.js';
import type { ExampleStream } from './stream.js';

const train = embedded({ size: 23 });
const preprocessing = Preprocessing.fit(train, 'bc+');
const augment = compose([{ step: 'flip' }, { step: 'padCrop' }]);

/** The same, without the examples whose place leaves this remainder: as if they could not be read. */
function withGaps(stream: ExampleStream, modulus: number, remainder: number): ExampleStream {
  return {
    ...stream,
    open(options) {
      return (async function* () {
        for await (const example of stream.open(options)) {
          if (example.place % modulus !== remainder) yield example;
        }
      })();
    },
  };
}

describe('DataIterator over a stream', () => {
  test('gives the batches that the same images in memory give', async () => {
    for (const random of [undefined, createRandom(7)]) {
      const options = { batchSize: 5, preprocessing, ...(random && { random, augment }) };
      const expected = await takeOver(new DataIterator(train, options), 10);
      const found = await takeOver(new DataIterator(streamOf(train), options), 10);
      const images = (all: typeof found) => all.map(({ indices, ...rest }) => rest);
      expect(images(found)).toEqual(images(expected));
    }
  });

  test('says where each example is in the order, and what it is called', async () => {
    const batches = new DataIterator(streamOf(train), { batchSize: 9 });
    const seen: unknown[] = [];
    for await (const { xs, ys, indices, keys } of batches) {
      seen.push([indices[0], keys?.length, keys?.[0]]);
      tf.dispose([xs, ys]);
    }
    expect(seen).toEqual([
      [0, 9, 'embedded/0'],
      [9, 9, 'embedded/9'],
      [18, 5, 'embedded/18'],
    ]);
  });

  test('knows how many batches there are only where the stream does', () => {
    const size = (stream: ExampleStream, options = {}) => {
      const { batches, size: told } = new DataIterator(stream, { batchSize: 9, ...options });
      return [batches, told];
    };
    expect(size(streamOf(train))).toEqual([null, Number.NaN]);
    expect(size(streamOf(train, 23))).toEqual([3, 3]);
    expect(size(streamOf(train, 23), { dropLast: true })).toEqual([2, 2]);
    expect(size(streamOf(train, 23), { shard: { index: 0, count: 2 } })).toEqual([
      null,
      Number.NaN,
    ]);
  });

  test('leaves out the last batch when told, unless it is full', async () => {
    const sizes = async (batchSize: number, dropLast: boolean) =>
      (await takeBatches(new DataIterator(streamOf(train), { batchSize, dropLast }))).map(
        ({ ids }) => ids.length,
      );
    expect(await sizes(10, false)).toEqual([10, 10, 3]);
    expect(await sizes(10, true)).toEqual([10, 10]);
    expect(await sizes(23, true)).toEqual([23]);
  });

  test('goes on from any batch, gaps or none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.nat(4),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (modulus, remainder, batchSize, dropLast) => {
          const stream = withGaps(streamOf(train), modulus, remainder);
          const make = () =>
            new DataIterator(stream, { batchSize, dropLast, random: createRandom(modulus) });
          const whole = make();
          const epoch = await takeBatches(whole);
          const expected = [...epoch, ...(await takeBatches(whole))];
          for (let taken = 0; taken <= epoch.length + 1; taken++) {
            const first = make();
            const seen = await takeOver(first, taken);
            const second = make();
            second.restore(JSON.parse(JSON.stringify(first.state())));
            const rest = await takeOver(second, expected.length - taken);
            expect([...seen, ...rest].map(({ indices }) => indices)).toEqual(
              expected.map(({ indices }) => indices),
            );
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  test('counts the epoch as finished at its last batch', async () => {
    const batches = new DataIterator(streamOf(train), { batchSize: 10 });
    const states: unknown[] = [];
    for await (const { xs, ys } of batches) {
      tf.dispose([xs, ys]);
      const { epoch, batch, place } = batches.state();
      states.push([epoch, batch, place]);
    }
    expect(states).toEqual([
      [0, 1, 10],
      [0, 2, 20],
      [1, 0, 0],
    ]);
  });

  test('closes the stream when the loop is left', async () => {
    let open = 0;
    const stream: ExampleStream = {
      ...streamOf(train),
      open: (options) =>
        (async function* () {
          open++;
          try {
            yield* streamOf(train).open(options);
          } finally {
            open--;
          }
        })(),
    };
    for await (const { xs, ys } of new DataIterator(stream, { batchSize: 4 })) {
      tf.dispose([xs, ys]);
      expect(open).toBe(1);
      break;
    }
    expect(open).toBe(0);
  });

  test('is what fitDataset takes', async () => {
    const model = sequential({
      layers: [
        layers.flatten({ inputShape: [32, 32, 3] }),
        layers.dense({ units: 10, kernelInitializer: 'zeros' }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const batches = new DataIterator(streamOf(train), { batchSize: 8, preprocessing });
    const history = await model.fitDataset(batches, { epochs: 2, verbose: 0 });
    expect(history.epoch).toEqual([0, 1]);
    expect(batches.state()).toMatchObject({ epoch: 2, batch: 0 });
    model.dispose();
  });

  test.each<[string, Partial<Dataset>, string]>([
    [
      'of another length',
      { shape: [32, 32, 1] },
      'DataIterator: images of embedded must be 1024 bytes, [32, 32, 1], got 3072 in embedded/0',
    ],
    [
      'of a class that there is not',
      { classNames: ['only'] },
      'DataIterator: labels of embedded must be 0..0, one for each of the 1 class names',
    ],
  ])('refuses an example %s', async (_, described, message) => {
    const stream = { ...streamOf(train), ...described };
    await expect(takeBatches(new DataIterator(stream, { batchSize: 23 }))).rejects.toThrow(message);
  });

  test('refuses a stream without images, or without one batch of them', async () => {
    const few = { ...train, images: train.images.slice(0, 3072), labels: train.labels.slice(0, 1) };
    const none = { ...train, images: new Uint8Array(), labels: new Uint8Array() };
    const run = (set: Dataset, dropLast: boolean) =>
      takeBatches(new DataIterator(streamOf(set), { batchSize: 2, dropLast }));
    await expect(run(none, false)).rejects.toThrow(
      new RangeError('DataIterator: an epoch must hold at least one image, got 0 from embedded'),
    );
    await expect(run(few, true)).rejects.toThrow(
      new RangeError('DataIterator: an epoch must hold 2 images, a batch, got 1 from embedded'),
    );
    expect(() => new DataIterator(streamOf(train, 0), { batchSize: 2 })).toThrow(
      new RangeError('DataIterator: embedded holds no images'),
    );
    expect(() => new DataIterator(streamOf(train, 23), { batchSize: 24 })).toThrow(
      'DataIterator: batchSize must be at most the 23 images of embedded, got 24',
    );
    expect(
      () => new DataIterator({ ...streamOf(train), shape: [3] as never }, { batchSize: 2 }),
    ).toThrow('DataIterator: shape must be [height, width, channels], got [3] from embedded');
    expect(
      () => new DataIterator({ ...streamOf(train), classNames: [] }, { batchSize: 2 }),
    ).toThrow('DataIterator: classNames must name the classes of embedded, got none');
  });
});
