import { join } from 'node:path';
import { createRandom } from '@bcl/random';
import { compose } from './augment/compose.js';
import { DataIterator } from './dataIterator.js';
import { takeBatches, takeOver } from './fixtures/batches.js';
import { withFolder } from './fixtures/cifar.js';
import { drawn, writeAt } from './fixtures/images.js';
import { imageFolder } from './images/imageFolder.js';
import { Preprocessing } from './preprocessing.js';

// The threads run the built package: `pnpm build` first.

/** The way of an ImageNet training, small: pictures of all sizes, boxes of them, and the middle of the test pictures. */
test('DataIterator trains on boxes of a folder of pictures, and tests on their middle', () =>
  withFolder(async (root) => {
    for (const part of ['train', 'val']) {
      for (let i = 0; i < 9; i++) {
        const size = [20 + i, 30 - i, 3] as const;
        const picture = await drawn(size, (y, x, c) => (7 * i + 5 * y + 3 * x + 40 * c) % 256);
        await writeAt(join(root, part, i % 3 === 0 ? 'one' : 'two', `${i}.png`), picture);
      }
    }
    const augment = compose([
      { step: 'randomResizedCrop', size: [14, 14] },
      { step: 'flip' },
      { step: 'pcaColor' },
    ]);
    const train = await imageFolder(root, { size: 16 });
    const preprocessing = await Preprocessing.fitStream(train, 'bc+', { augment });
    expect(preprocessing.shape).toEqual([14, 14, 3]);

    const options = { batchSize: 4, random: createRandom(1), preprocessing, augment };
    const expected = await takeOver(new DataIterator(train, options), 6);
    expect(expected.map(({ shape }) => shape[0])).toEqual([4, 4, 1, 4, 4, 1]);
    const ahead = new DataIterator(train, { ...options, prefetch: { threads: 1 } });
    expect(await takeOver(ahead, 6)).toEqual(expected);

    const test = await imageFolder(root, { size: 20, split: 'test' });
    const batches = new DataIterator(test, { batchSize: 9, preprocessing });
    for await (const { xs } of batches) await preprocessing.check(xs);
    const [batch] = await takeBatches(batches);
    expect(batch?.shape).toEqual([9, 14, 14, 3]);
    const grey = await imageFolder(root, { size: 20, split: 'test', channels: 1 });
    expect(() => new DataIterator(grey, { batchSize: 9, preprocessing })).toThrow(
      `Preprocessing: fitted on images of 3 channels, got ${root} with 1`,
    );
  }));
