import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { withFolder } from '../fixtures/cifar.js';
import { drawn, flat, writeAt, writeClasses } from '../fixtures/images.js';
import { read } from '../fixtures/read.js';
import type { StreamExample } from '../stream.js';
import type { Unreadable } from './decodeAll.js';
import { imageFolder } from './imageFolder.js';

const keys = (examples: readonly StreamExample[]) => examples.map(({ key }) => key);

describe('imageFolder', () => {
  test('reads train/<class> and test/<class>, or <class> alone, class after class', () =>
    withFolder(async (root) => {
      const levels = await writeClasses(join(root, 'train'), { dog: 2, cat: 3 });
      await writeClasses(join(root, 'val'), { dog: 1 });
      const train = await imageFolder(root, { size: 4 });
      expect(train).toMatchObject({
        name: root,
        shape: [4, 4, 3],
        classNames: ['cat', 'dog'],
        size: 5,
      });
      const examples = await read(train);
      expect(keys(examples)).toEqual([
        'cat/000.png',
        'cat/001.png',
        'cat/002.png',
        'dog/000.png',
        'dog/001.png',
      ]);
      examples.forEach(({ image, label, key, place }, i) => {
        expect([...image]).toEqual(new Array(48).fill(levels.get(key)));
        expect({ label, place }).toEqual({ label: key.startsWith('cat') ? 0 : 1, place: i });
      });

      const test = await imageFolder(root, { size: 4, split: 'test' });
      expect(test.classNames).toEqual(['cat', 'dog']);
      expect((await read(test)).map(({ key, label }) => [key, label])).toEqual([
        ['dog/000.png', 1],
      ]);
      expect(keys(await read(await imageFolder(join(root, 'train'), { size: 4 })))).toEqual(
        keys(examples),
      );
    }));

  test('reads JPEG, PNG and WebP, in deeper folders and by links, and no other file', () =>
    withFolder(async (root) => {
      const green = [0, 200, 0] as const;
      await writeAt(join(root, 'a/1.jpg'), await flat(green, { format: 'jpeg' }));
      await writeAt(join(root, 'a/2.JPEG'), await flat(green, { format: 'jpeg' }));
      await writeAt(join(root, 'a/deep/er/3.webp'), await flat(green, { format: 'webp' }));
      await writeAt(join(root, 'b/4.PNG'), await flat(green));
      await writeAt(join(root, 'b/.5.png'), 'hidden');
      await writeAt(join(root, 'b/readme.txt'), 'text');
      await writeAt(join(root, '.c/6.png'), 'hidden');
      await writeAt(join(root, 'list.csv'), 'a,b');
      await symlink(join(root, 'b/4.PNG'), join(root, 'b/7.png'));
      await symlink(join(root, 'a'), join(root, 'd'));
      const stream = await imageFolder(root, { size: 2 });
      expect(stream.classNames).toEqual(['a', 'b', 'd']);
      const examples = await read(stream);
      expect(keys(examples)).toEqual(
        'a/1.jpg a/2.JPEG a/deep/er/3.webp b/4.PNG b/7.png d/1.jpg d/2.JPEG d/deep/er/3.webp'.split(
          ' ',
        ),
      );
      for (const { image } of examples) {
        for (let i = 0; i < image.length; i += 3) {
          expect(image[i]).toBeLessThan(5);
          expect(Math.abs((image[i + 1] as number) - 200)).toBeLessThan(5);
        }
      }
    }));

  describe('shuffled, resumed and shared out', () => {
    const count = 23;
    let root: string;
    let free: () => void;
    let done: Promise<void>;
    beforeAll(async () => {
      const until = new Promise<void>((resolve) => {
        free = resolve;
      });
      await new Promise<void>((ready) => {
        done = withFolder(async (folder) => {
          await writeClasses(folder, { a: 11, b: 12 });
          root = folder;
          ready();
          await until;
        });
      });
    });
    afterAll(() => {
      free();
      return done;
    });

    test('gives an order of its own to each seed and epoch, and always the same', async () => {
      const stream = await imageFolder(root, { size: 1, ahead: 5 });
      const of = async (epoch: number, seed: number | string | null) =>
        keys(await read(stream, { epoch, seed }));
      const first = await of(0, 1);
      expect(await of(0, 1)).toEqual(first);
      expect(await of(0, null)).toEqual(await of(3, null));
      const others = [await of(1, 1), await of(0, 2), await of(0, 'one'), await of(0, null)];
      for (const other of others) {
        expect(other).not.toEqual(first);
        expect([...other].sort()).toEqual([...first].sort());
      }
      // The same in every release but a major one.
      expect(first.slice(0, 4)).toEqual(['b/010.png', 'a/001.png', 'b/004.png', 'a/007.png']);
    });

    test('goes on at any place, and shares out each example once', async () => {
      const stream = await imageFolder(root, { size: 1 });
      const whole = await read(stream, { seed: 7, epoch: 2 });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: count + 2 }),
          fc.nat({ max: count + 2 }),
          fc.boolean(),
          async (shards, skip, seeded) => {
            const options = { epoch: 2, seed: seeded ? 7 : null };
            const parts = await Promise.all(
              Array.from({ length: shards }, (_, index) =>
                read(stream, { ...options, shard: { index, count: shards } }),
              ),
            );
            const all = parts.flat();
            expect(keys(all).sort()).toEqual(keys(whole).sort());
            const [part = []] = parts;
            const rest = await read(stream, {
              ...options,
              skip,
              shard: { index: 0, count: shards },
            });
            expect(rest).toEqual(part.slice(skip));
            expect(part.map(({ place }) => place)).toEqual(part.map((_, i) => i));
          },
        ),
        { numRuns: 15 },
      );
    });

    test('can be left at any time, and looped over several times at once', async () => {
      const stream = await imageFolder(root, { size: 1 });
      for await (const { place } of stream.open({ epoch: 0, seed: 1 })) if (place === 3) break;
      const [a, b] = await Promise.all([read(stream, { seed: 1 }), read(stream, { seed: 1 })]);
      expect(a).toEqual(b);
    });

    test.each([
      [{ epoch: -1 }, 'epoch must be a whole number from 0, got -1'],
      [{ seed: Number.NaN }, 'seed must be a finite number, text or null, got NaN'],
      [{ skip: 0.5 }, 'skip must be a whole number from 0, got 0.5'],
      [
        { shard: { index: 2, count: 2 } },
        'shard must be { index, count } with index from 0 and below count, got {"index":2,"count":2}',
      ],
    ])('refuses to open %j', async (options, message) => {
      const stream = await imageFolder(root, { size: 1 });
      expect(() => stream.open({ epoch: 0, seed: null, ...options })).toThrow(
        `imageFolder: ${message}`,
      );
    });
  });

  describe('with a file that cannot be read', () => {
    const truncated = async (path: string) => {
      const whole = await flat([1, 2, 3], { width: 200, height: 200, format: 'jpeg' });
      await writeAt(path, whole.subarray(0, whole.length / 2));
    };

    test('ends with its name, or reports it and goes on, places kept', () =>
      withFolder(async (root) => {
        await writeClasses(root, { a: 3 });
        await truncated(join(root, 'a/000b.jpg'));
        await writeAt(join(root, 'a/001b.webp'), 'no image at all');
        const fatal = await imageFolder(root, { size: 2 });
        await expect(read(fatal)).rejects.toThrow(
          new RegExp(`^imageFolder: cannot read ${root}/a/000b.jpg: .+$`),
        );

        const reports: Unreadable[] = [];
        const stream = await imageFolder(root, {
          size: 2,
          onUnreadable: (report) => reports.push(report),
        });
        expect(stream.size).toBe(5);
        const examples = await read(stream);
        expect(examples.map(({ key, place }) => [key, place])).toEqual([
          ['a/000.png', 0],
          ['a/001.png', 2],
          ['a/002.png', 4],
        ]);
        expect(reports.map(({ key, where }) => [key, where])).toEqual([
          ['a/000b.jpg', join(root, 'a/000b.jpg')],
          ['a/001b.webp', join(root, 'a/001b.webp')],
        ]);
        expect(reports[1]?.error.message).toMatch(
          /^imageFolder: cannot read .*001b\.webp: .*unsupported/,
        );
        expect(
          keys(await read(stream, { skip: (examples[1] as StreamExample).place + 1 })),
        ).toEqual(['a/002.png']);
      }));

    test('says so when it has gone since it was listed', () =>
      withFolder(async (root) => {
        await writeClasses(root, { a: 1 });
        const stream = await imageFolder(root, { size: 2 });
        await rm(join(root, 'a/000.png'));
        await expect(read(stream)).rejects.toThrow(/cannot read .*000\.png: .*missing/);
      }));
  });

  describe('class numbers', () => {
    test('are saved, and stay when classes come and go', () =>
      withFolder(async (root) => {
        const data = join(root, 'data');
        const classFile = join(root, 'classes.json');
        await writeClasses(data, { cat: 1, dog: 1 });
        await imageFolder(data, { size: 1, classFile });
        expect(JSON.parse(await readFile(classFile, 'utf8'))).toEqual(['cat', 'dog']);

        await rm(join(data, 'cat'), { recursive: true });
        const without = await imageFolder(data, { size: 1, classFile });
        expect(without.classNames).toEqual(['cat', 'dog']);
        expect((await read(without)).map(({ label }) => label)).toEqual([1]);

        await writeClasses(data, { ant: 1 });
        await expect(imageFolder(data, { size: 1, classFile })).rejects.toThrow(
          new RangeError(
            `imageFolder: the folders of ${data} must be classes of ${classFile}, got 'ant'; add it at the end of the list, or remove the folder`,
          ),
        );
        await writeFile(classFile, '["cat","dog","ant"]');
        const grown = await imageFolder(data, { size: 1, classFile });
        expect((await read(grown)).map(({ key, label }) => [key, label])).toEqual([
          ['dog/000.png', 1],
          ['ant/000.png', 2],
        ]);
      }));

    test('are given, and those of the training part for both parts', () =>
      withFolder(async (root) => {
        await writeClasses(join(root, 'train'), { cat: 1, dog: 1 });
        await writeClasses(join(root, 'test'), { dog: 1, eel: 1 });
        await expect(imageFolder(root, { size: 1, split: 'test' })).rejects.toThrow(
          `imageFolder: the folders of ${root}/test must be classes of ${root}/train, got 'eel'`,
        );
        const classNames = ['eel', 'dog', 'cat'];
        const test = await imageFolder(root, { size: 1, split: 'test', classNames });
        expect((await read(test)).map(({ label }) => label)).toEqual([0, 1]);
      }));

    test.each([
      ['{"a":1}', TypeError, 'must be an array of names'],
      ['["a",1]', TypeError, 'must be an array of names'],
      ['[]', RangeError, 'holds no names'],
      ['["a","a"]', RangeError, "holds 'a' more than once"],
      ['["a"', Error, 'must be a JSON array of names, got what is not JSON: '],
    ])('are refused when the file holds %s, which stays', (text, kind, message) =>
      withFolder(async (root) => {
        await writeClasses(join(root, 'data'), { a: 1 });
        const classFile = await writeAt(join(root, 'c.json'), text);
        const error = await imageFolder(join(root, 'data'), { size: 1, classFile }).catch((e) => e);
        expect(error).toBeInstanceOf(kind);
        expect(error.message).toContain(`imageFolder: the class list ${classFile} ${message}`);
        expect(await readFile(classFile, 'utf8')).toBe(text);
      }),
    );
  });

  test('says what the folder must hold', () =>
    withFolder(async (root) => {
      await expect(imageFolder(join(root, 'nowhere'), { size: 1 })).rejects.toThrow(
        `imageFolder: ${root}/nowhere does not exist or is no folder; give a folder with a folder of images for each class`,
      );
      await expect(imageFolder(root, { size: 1 })).rejects.toThrow(
        `imageFolder: ${root} holds no folders; give a folder with a folder of images for each class`,
      );
      await writeAt(join(root, 'a/readme.txt'), 'x');
      const classFile = join(root, 'classes.json');
      await expect(imageFolder(root, { size: 1, classFile })).rejects.toThrow(
        `imageFolder: the class folders of ${root} hold no .jpg, .png or .webp files`,
      );
      await expect(readFile(classFile)).rejects.toThrow('ENOENT');
      await expect(imageFolder(root, { size: 1, split: 'test' })).rejects.toThrow(
        `imageFolder: ${root} has no part to test on: expected test, val, valid, validation with a folder for each class`,
      );
    }));

  test.each([
    [
      { size: 0 },
      'size must be a whole number of pixels from 1 to 16384, or [height, width], got 0',
    ],
    [{ size: [2, 2.5] }, 'got [2,2.5]'],
    [{ fit: 'stretch' }, "fit must be 'crop' or 'squash', got 'stretch'"],
    [{ cropShare: 0 }, 'cropShare must be above 0 and at most 1, got 0'],
    [{ channels: 4 }, 'channels must be 1 or 3, got 4'],
    [{ maxPixels: -1 }, 'maxPixels must be a whole number from 1, got -1'],
    [{ ahead: 0 }, 'ahead must be a whole number from 1, got 0'],
    [{ onUnreadable: 'skip' }, "onUnreadable must be a function, got 'skip'"],
    [{ split: 'val' }, "split must be 'train' or 'test', got 'val'"],
    [{ classNames: ['a'], classFile: 'b' }, 'give classNames or classFile, not both'],
  ])('refuses %j', async (options, message) => {
    const given = { size: 8, ...options } as Parameters<typeof imageFolder>[1];
    await expect(imageFolder('/tmp', given)).rejects.toThrow(message);
  });
});

describe('an image', () => {
  const decodeOne = (file: Buffer, options: Partial<Parameters<typeof imageFolder>[1]>) =>
    withFolder(async (root) => {
      await writeAt(join(root, 'a/1.png'), file);
      const [example] = await read(await imageFolder(root, { size: 2, ...options }));
      return Array.from((example as StreamExample).image);
    });
  /** Wide: red, green, blue and white quarters from left to right. */
  const stripes = (row: number, column: number, c: number) =>
    Math.floor(column / 4) === 3 || Math.floor(column / 4) === c ? 255 : 0 * row;

  test('keeps its centre under crop, and all of it under squash', async () => {
    const wide = await drawn([8, 16, 3], stripes);
    // The middle 8 × 8 of 8 × 16 is a green and a blue half.
    expect(await decodeOne(wide, { size: 8, fit: 'crop' })).toEqual(
      Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? [0, 255, 0] : [0, 0, 255])).flat(),
    );
    const squashed = await decodeOne(wide, { size: [4, 8], fit: 'squash' });
    expect([0, 7].map((x) => squashed.slice(3 * x, 3 * x + 3))).toEqual([
      [255, 0, 0],
      [255, 255, 255],
    ]);
    expect(squashed).toHaveLength(96);
  });

  test('has its shorter side resized before a share of it is cut out', async () => {
    const half = await drawn([16, 16, 1], (row, column) =>
      row < 4 || row >= 12 || column < 4 || column >= 12 ? 0 : 200,
    );
    expect(await decodeOne(half, { size: 8, cropShare: 0.5, channels: 1 })).toEqual(
      new Array(64).fill(200),
    );
    const whole = await decodeOne(half, { size: 8, channels: 1 });
    expect(whole[0]).toBeLessThan(20);
  });

  test('gives grey levels or colours, whatever it holds', async () => {
    const grey = await drawn([4, 4, 1], () => 77);
    expect(await decodeOne(grey, {})).toEqual(new Array(12).fill(77));
    const colour = await flat([77, 77, 77]);
    expect(await decodeOne(colour, { channels: 1 })).toEqual(new Array(4).fill(77));
    const clear = await drawn([4, 4, 4], (_, __, c) => [200, 100, 50, 0][c] as number);
    expect(await decodeOne(clear, {})).toEqual(new Array(12).fill(0));
    const opaque = await drawn([4, 4, 4], (_, __, c) => [200, 100, 50, 255][c] as number);
    expect((await decodeOne(opaque, {})).slice(0, 3)).toEqual([200, 100, 50]);
  });

  test('is refused when its header claims more pixels than allowed', async () => {
    const large = await flat([0, 0, 0], { width: 101, height: 100 });
    await expect(decodeOne(large, { maxPixels: 10_000 })).rejects.toThrow(/pixel limit/);
    expect(await decodeOne(large, { maxPixels: 10_100 })).toEqual(new Array(12).fill(0));
  });
});
