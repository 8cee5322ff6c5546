import { collect } from './collect.js';
import { withFolder } from './fixtures/cifar.js';
import { writeAt, writeClasses } from './fixtures/images.js';
import { imageFolder } from './images/imageFolder.js';
import type { ExampleStream, OpenOptions } from './stream.js';

/** Images of one byte, counting up; `closed` is how many loops over them have ended. */
function counting(count: number, size: number | null, classes = 3) {
  const seen = { closed: 0, options: [] as OpenOptions[] };
  const stream: ExampleStream = {
    name: 'counting',
    shape: [1, 1, 1],
    classNames: Array.from({ length: classes }, (_, i) => `c${i}`),
    size,
    async *open(options) {
      seen.options.push(options);
      try {
        for (let place = options.skip ?? 0; place < count; place++) {
          yield { image: Uint8Array.of(place), label: place % classes, key: `${place}`, place };
        }
      } finally {
        seen.closed++;
      }
    },
  };
  return { stream, seen };
}

describe('collect', () => {
  test('reads a folder of images into a data set', () =>
    withFolder(async (root) => {
      await writeClasses(root, { a: 2, b: 3 });
      const set = await collect(await imageFolder(root, { size: 2 }));
      expect(set).toMatchObject({ name: root, shape: [2, 2, 3], classNames: ['a', 'b'] });
      expect(set.labels).toEqual(Uint8Array.of(0, 0, 1, 1, 1));
      expect([...set.images]).toEqual(
        [1, 2, 3, 4, 5].flatMap((level) => new Array(12).fill(level)),
      );
    }));

  test('leaves out what cannot be read', () =>
    withFolder(async (root) => {
      await writeClasses(root, { a: 2 });
      await writeAt(`${root}/a/0.png`, 'none');
      const stream = await imageFolder(root, { size: 1, onUnreadable: () => {} });
      const { images, labels } = await collect(stream);
      expect([...images]).toEqual([1, 1, 1, 2, 2, 2]);
      expect(labels.length).toBe(2);
    }));

  test.each([null, 300])('grows with what comes, size %p', async (size) => {
    const { stream } = counting(300, size);
    const { images, labels } = await collect(stream);
    expect(images).toEqual(Uint8Array.from({ length: 300 }, (_, i) => i));
    expect(labels).toEqual(Uint8Array.from({ length: 300 }, (_, i) => i % 3));
    expect(images.buffer.byteLength).toBe(300);
  });

  test('stops at the limit, and says what it opens', async () => {
    const { stream, seen } = counting(300, null);
    const { images } = await collect(stream, { limit: 5, epoch: 2, seed: 'x', skip: 4 });
    expect([...images]).toEqual([4, 5, 6, 7, 8]);
    expect(seen).toEqual({ closed: 1, options: [{ epoch: 2, seed: 'x', skip: 4 }] });
    expect((await collect(stream, { limit: 1000 })).labels.length).toBe(300);
  });

  test('numbers more than 256 classes', async () => {
    const { labels } = await collect(counting(300, 300, 300).stream);
    expect(labels).toEqual(Int32Array.from({ length: 300 }, (_, i) => i));
  });

  test('refuses what does not fit, and what is empty', async () => {
    const large: ExampleStream = { ...counting(1, 2 ** 20).stream, shape: [256, 256, 3] };
    await expect(collect(large)).rejects.toThrow(
      new RangeError(
        'collect: images must fit into 4294967296 bytes, got 1048576 of [256, 256, 3] from counting; give a limit, or train on the stream itself',
      ),
    );
    await expect(collect(counting(0, null).stream)).rejects.toThrow(
      'collect: counting gave no examples',
    );
    await expect(collect(counting(1, 1).stream, { limit: 0 })).rejects.toThrow(
      'collect: limit must be a whole number from 1, got 0',
    );
  });
});
