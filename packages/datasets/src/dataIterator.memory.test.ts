import { spawnSync } from 'node:child_process';

// Both use the built package: `pnpm build` first.

/** Images that are made as they are asked for: 40 000 of 3 KiB, which is 120 MB of bytes and 490 MB of floats. */
const IMAGES = 40_000;

/** What the process may grow by once the first batches are through, MiB. */
const ROOM = 100;

const script = (prefetch: string) => `
  import '@tensorflow/tfjs-backend-cpu';
  import * as tf from '@tensorflow/tfjs-core';
  import { compose, DataIterator } from './packages/datasets/dist/index.js';
  import { createRandom } from './packages/random/dist/index.js';

  const stream = {
    name: 'made', shape: [32, 32, 3], classNames: ['even', 'odd'], size: null,
    async *open({ skip = 0 }) {
      for (let place = skip; place < ${IMAGES}; place++) {
        yield { image: new Uint8Array(3072).fill(place & 255), label: place % 2, key: String(place), place };
      }
    },
  };
  const augment = compose([{ step: 'flip' }, { step: 'padCrop' }]);
  const options = { batchSize: 100, random: createRandom(1), augment, prefetch: ${prefetch} };
  let images = 0;
  let early;
  for await (const { xs, ys } of new DataIterator(stream, options)) {
    tf.dispose([xs, ys]);
    images += xs.shape[0];
    if (images === ${IMAGES / 10}) early = process.resourceUsage().maxRSS;
  }
  console.log(JSON.stringify({ images, grown: (process.resourceUsage().maxRSS - early) / 1024 }));`;

describe('the memory of a DataIterator', () => {
  test.each([
    ['as they are asked for', 'undefined'],
    ['ahead', '{ threads: 1 }'],
  ])('does not grow with the stream, batches being prepared %s', (_, prefetch) => {
    const run = spawnSync(
      process.execPath,
      ['--max-old-space-size=64', '--input-type=module', '-e', script(prefetch)],
      { encoding: 'utf8' },
    );
    expect(run.stderr).not.toMatch(/error/i);
    const { images, grown } = JSON.parse(run.stdout);
    expect(images).toBe(IMAGES);
    expect(grown).toBeLessThan(ROOM);
  });
});
