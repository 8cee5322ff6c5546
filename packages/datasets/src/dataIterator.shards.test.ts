import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { compose } from './augment/compose.js';
import { DataIterator } from './dataIterator.js';
import type { Dataset } from './dataset.js';
import { takeBatches, takeOver } from './fixtures/batches.js';
import { streamOf } from './fixtures/streamOf.js';

/** So many images of one pixel. */
function numbered(count: number): Dataset {
  return {
    name: 'numbered',
    images: Uint8Array.from({ length: count }, (_, i) => i),
    labels: new Uint8Array(count),
    shape: [1, 1, 1],
    classNames: ['any'],
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The images of each batch of each part, over one epoch. */
async function parts(
  source: Dataset,
  count: number,
  options: { batchSize: number; dropLast?: boolean },
  stream = false,
): Promise<number[][][]> {
  return Promise.all(
    upTo(count).map(async (index) => {
      const shard = { index, count };
      const all = { ...options, random: createRandom(5), shard };
      const batches = new DataIterator(stream ? streamOf(source) : source, all);
      const taken = await takeBatches(batches);
      if (batches.batches !== null) expect(taken).toHaveLength(batches.batches);
      return taken.map(({ xs }) => Array.from(xs));
    }),
  );
}

describe('DataIterator with parts', () => {
  test('gives each image to one process, none twice and none lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (size, count, batchSize, stream) => {
          fc.pre(batchSize <= Math.floor(size / count));
          const all = await parts(numbered(size), count, { batchSize }, stream);
          expect(all.flat(2).sort((a, b) => a - b)).toEqual(upTo(size));
          // They differ by one image at most.
          const sizes = all.map((batches) => batches.flat().length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('gives, in batch b of all parts, batch b of one process with batches of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 6, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 2 }),
        async (size, count, batchSize) => {
          const all = await parts(numbered(size), count, { batchSize, dropLast: true });
          const whole = { batchSize: batchSize * count, random: createRandom(5), dropLast: true };
          const expected = await takeBatches(new DataIterator(numbered(size), whole));
          // So each has as many batches as the others.
          for (const batches of all) expect(batches).toHaveLength(expected.length);
          for (const [b, { xs }] of expected.entries()) {
            const together = all.flatMap((batches) => batches[b] as number[]);
            expect(together.sort((x, y) => x - y)).toEqual(Array.from(xs).sort((x, y) => x - y));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('varies the batches of each part in their own way', async () => {
    const size: Dataset = {
      ...numbered(40),
      images: new Uint8Array(80).map((_, i) => i),
      shape: [1, 2, 1],
    };
    const augment = compose([{ step: 'flip' }]);
    const flips = async (index: number, count: number) => {
      const options = { batchSize: 10, random: createRandom(1), augment, shard: { index, count } };
      const [batch] = await takeBatches(new DataIterator(size, options));
      return Array.from(batch?.indices ?? [], (_, b) => (batch?.xs[2 * b] as number) % 2);
    };
    const [first, second] = [await flips(0, 4), await flips(1, 4)];
    expect(first).not.toEqual(second);
    const options = { batchSize: 10, random: createRandom(1), augment };
    const [whole] = await takeBatches(new DataIterator(size, options));
    expect(await flips(0, 1)).toEqual(
      Array.from({ length: 10 }, (_, b) => (whole?.xs[2 * b] as number) % 2),
    );
  });

  test('goes on inside an epoch', async () => {
    const make = (stream: boolean, index = 1) =>
      new DataIterator(stream ? streamOf(numbered(23)) : numbered(23), {
        batchSize: 3,
        random: createRandom(1),
        shard: { index, count: 2 },
      });
    for (const stream of [false, true]) {
      const expected = await takeOver(make(stream), 8);
      const first = make(stream);
      const seen = await takeOver(first, 6);
      const second = make(stream);
      second.restore(JSON.parse(JSON.stringify(first.state())));
      expect([...seen, ...(await takeOver(second, 2))]).toEqual(expected);
      expect(() => make(stream, 0).restore(first.state())).toThrow(
        'restore: shard must be as it was, {"index":0,"count":2} here, got {"index":1,"count":2} in the state',
      );
    }
  });

  test('refuses parts that there are not, and batches that no part fills', () => {
    const make =
      (shard: unknown, batchSize = 1) =>
      () =>
        new DataIterator(numbered(10), { batchSize, shard: shard as never });
    expect(make({ index: 3, count: 3 })).toThrow(
      new RangeError(
        'DataIterator: shard must be { index, count } with index from 0 and below count, got {"index":3,"count":3}',
      ),
    );
    expect(make({ index: 0, count: 3 }, 4)).toThrow(
      new RangeError(
        'DataIterator: batchSize must be at most the 3 images of a part of numbered, got 4; use a smaller batch or more images',
      ),
    );
    expect(make({ index: 10, count: 11 })).toThrow('at most the 0 images of a part of numbered');
  });
});
