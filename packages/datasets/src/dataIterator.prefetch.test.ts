import { spawnSync } from 'node:child_process';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { compose } from './augment/compose.js';
import type { DataIteratorOptions } from './batches/DataIteratorOptions.js';
import { sharedBytes } from './batches/sharedBytes.js';
import { DataIterator } from './dataIterator.js';
import { embedded } from './embedded.js';
import { takeBatches, takeOver } from './fixtures/batches.js';
import { streamOf } from './fixtures/streamOf.js';
import { Preprocessing } from './preprocessing.js';

// The threads run the built package: `pnpm build` first.

const train = embedded({ size: 35 });
const crops = compose([{ step: 'flip' }, { step: 'padCrop' }]);
const boxes = compose([
  { step: 'randomResizedCrop', size: [12, 14] },
  { step: 'pcaColor' },
  { step: 'flip' },
  { step: 'randomErasing', fill: 'normal' },
]);

describe('DataIterator with prefetched batches', () => {
  test.each([
    ['crops under bc+', crops, 'bc+', { threads: 1 }],
    ['boxes under standard', boxes, 'standard', { threads: 2, batches: 3 }],
  ] as const)('gives the same batches bit for bit: %s', async (_, augment, method, prefetch) => {
    const preprocessing = Preprocessing.fit(train, method, { augment });
    const options = { batchSize: 8, random: createRandom(3), preprocessing, augment };
    for (const source of [train, streamOf(train)]) {
      const expected = await takeOver(new DataIterator(source, options), 10);
      const ahead = new DataIterator(source, { ...options, prefetch });
      expect(await takeOver(ahead, 10)).toEqual(expected);
    }
  });

  test('gives bytes as they are, and test images as the preprocessing says', async () => {
    const preprocessing = Preprocessing.fit(train, 'bc', { augment: boxes });
    for (const options of [{ batchSize: 8 }, { batchSize: 8, preprocessing }]) {
      const expected = await takeBatches(new DataIterator(train, options));
      const ahead = new DataIterator(train, { ...options, prefetch: {} });
      expect(await takeBatches(ahead)).toEqual(expected);
    }
  });

  test('counts the batches that were given, not those that are ready', async () => {
    const make = (options: Partial<DataIteratorOptions> = {}) =>
      new DataIterator(train, {
        batchSize: 8,
        random: createRandom(3),
        augment: crops,
        ...options,
      });
    const expected = await takeOver(make(), 9);
    const first = make({ prefetch: { threads: 2, batches: 4 } });
    const seen = await takeOver(first, 2);
    expect(first.state()).toMatchObject({ epoch: 0, batch: 2 });
    const second = make();
    second.restore(first.state());
    expect([...seen, ...(await takeOver(second, 7))]).toEqual(expected);
  });

  test('copies a set into shared memory once, and none that is there already', () => {
    const shared = sharedBytes(train.images);
    expect(shared).toEqual(train.images);
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(sharedBytes(train.images)).toBe(shared);
    expect(sharedBytes(shared)).toBe(shared);
  });

  test('passes on what goes wrong in the stream, and closes it', async () => {
    let closed = false;
    const broken = {
      ...streamOf(train),
      open: (options: never) =>
        (async function* () {
          try {
            for await (const example of streamOf(train).open(options)) {
              if (example.place === 20) throw new Error('the disk is gone');
              yield example;
            }
          } finally {
            closed = true;
          }
        })(),
    };
    const batches = new DataIterator(broken, { batchSize: 8, prefetch: { threads: 1 } });
    await expect(takeBatches(batches)).rejects.toThrow('the disk is gone');
    expect(closed).toBe(true);
  });

  test('holds two tensors a batch', async () => {
    const before = tf.memory().numTensors;
    for await (const { xs, ys } of new DataIterator(train, { batchSize: 8, prefetch: {} })) {
      expect(tf.memory().numTensors).toBe(before + 2);
      tf.dispose([xs, ys]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is what fitDataset takes', async () => {
    const model = sequential({
      layers: [layers.flatten({ inputShape: [32, 32, 3] }), layers.dense({ units: 10 })],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const preprocessing = Preprocessing.fit(train, 'bc');
    const options = { batchSize: 8, preprocessing, prefetch: { threads: 1 } };
    const history = await model.fitDataset(new DataIterator(train, options), {
      epochs: 2,
      verbose: 0,
    });
    expect(history.epoch).toEqual([0, 1]);
    model.dispose();
  });

  test.each([
    ['is left', 'for await (const { xs } of batches) { console.log(xs.shape[0]); break; }'],
    [
      'is forgotten',
      'const { value } = await batches[Symbol.asyncIterator]().next(); console.log(value.xs.shape[0]);',
    ],
  ])('does not keep the process alive when a loop %s', (_, use) => {
    const script = `
      import '@tensorflow/tfjs-backend-cpu';
      import { DataIterator, embedded } from './packages/datasets/dist/index.js';
      const batches = new DataIterator(embedded({ size: 30 }), { batchSize: 4, prefetch: { threads: 2 } });
      ${use}`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script],
      {
        encoding: 'utf8',
        timeout: 50_000,
      },
    );
    expect({ stdout, status }).toEqual({ stdout: '4\n', status: 0 });
    expect(stderr).not.toMatch(/error/i);
  });

  test('says what its settings must be', () => {
    const make = (prefetch: object) => () => new DataIterator(train, { batchSize: 8, prefetch });
    expect(make({ threads: 0 })).toThrow(
      new RangeError('DataIterator: prefetch.threads must be a whole number from 1, got 0'),
    );
    expect(make({ batches: 1.5 })).toThrow(
      new RangeError('DataIterator: prefetch.batches must be a whole number from 1, got 1.5'),
    );
  });
});
