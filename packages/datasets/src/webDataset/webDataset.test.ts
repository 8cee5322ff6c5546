import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { withFolder, writeArchive } from '../fixtures/cifar.js';
import { flat, writeAt } from '../fixtures/images.js';
import { read } from '../fixtures/read.js';
import { example, writeShards } from '../fixtures/shards.js';
import type { Unreadable } from '../images/decodeAll.js';
import type { StreamExample } from '../stream.js';
import { type WebDatasetOptions, webDataset } from './webDataset.js';

const tiny = { size: 1, classNames: 3 };
const keys = (examples: readonly StreamExample[]) => examples.map(({ key }) => key);

describe('webDataset', () => {
  test.each(['tar', 'tar.gz'])('reads .%s shards in their order', (ending) =>
    withFolder(async (folder) => {
      const shards = await writeShards(folder, [2, 0, 3], ending);
      const stream = await webDataset(shards, { ...tiny, count: 5 });
      expect(stream).toMatchObject({
        name: shards,
        shape: [1, 1, 3],
        classNames: ['0', '1', '2'],
        size: 5,
      });
      expect(await read(stream)).toEqual(
        [0, 1, 2, 3, 4].map((i) => ({
          image: Uint8Array.of(i, i, i),
          label: i % 3,
          key: `000${i}`,
          place: i,
        })),
      );
    }),
  );

  test('reads every kind of image and label, and passes over other members', () =>
    withFolder(async (folder) => {
      const other = (name: string): [string, Uint8Array] => [name, Buffer.from('x')];
      const path = await writeArchive(join(folder, 'a.tar'), [
        [{ name: 'set/', type: 'directory' }, Buffer.alloc(0)],
        other('README'),
        other('set/._a.png'),
        ...(await example('set/a', 10, 1)),
        other('set/a.mask.png'),
        ...(await example('set/b.c/d', 20, 'eel', { image: 'webp', kind: 'txt' })),
        ...(await example('e', 30, 0, { image: 'JPG'.toLowerCase(), kind: 'json' })),
        ...(await example('f', 40, 'dog', { kind: 'json' })),
        ['g.PNG', await flat([50, 50, 50])],
        ['g.CLS', Buffer.from(' eel ')],
      ]);
      const stream = await webDataset([path], { size: 1, classNames: ['cat', 'dog', 'eel'] });
      expect(stream.size).toBeNull();
      expect((await read(stream)).map(({ key, label }) => [key, label])).toEqual([
        ['set/a', 1],
        ['set/b.c/d', 2],
        ['e', 0],
        ['f', 1],
        ['g', 2],
      ]);
    }));

  test('labels by a rule of the user, and names classes by a file', () =>
    withFolder(async (folder) => {
      const classFile = await writeAt(join(folder, 'classes.json'), '["x", "7", "z"]');
      const path = await writeArchive(join(folder, 'a.tar'), [
        ['z-1.png', await flat([1, 1, 1])],
        ['7-2.png', await flat([2, 2, 2])],
        ['7-2.json', Buffer.from('{"a":{"b":[1]}}')],
      ]);
      const sources: unknown[] = [];
      const stream = await webDataset(path, {
        size: 1,
        classFile,
        label: (source) => {
          sources.push(source);
          return source.key.split('-')[0];
        },
      });
      expect(stream.classNames).toEqual(['x', '7', 'z']);
      // '7' is a name before it is a number.
      expect((await read(stream)).map(({ label }) => label)).toEqual([2, 1]);
      expect(sources[1]).toEqual({
        key: '7-2',
        cls: undefined,
        txt: undefined,
        json: { a: { b: [1] } },
      });
    }));

  test('shuffles shards and examples by the seed, the epoch and nothing else', () =>
    withFolder(async (folder) => {
      const shards = await writeShards(folder, [6, 6, 6, 6]);
      const of = async (epoch: number, seed: number | null, shuffleBuffer = 8) =>
        keys(await read(await webDataset(shards, { ...tiny, shuffleBuffer }), { epoch, seed }));
      const sorted = await of(0, null);
      const first = await of(0, 1);
      expect(await of(0, 1)).toEqual(first);
      expect([...first].sort()).toEqual(sorted);
      expect(new Set([first, await of(1, 1), await of(0, 2), sorted].map(String)).size).toBe(4);
      // A buffer of one leaves the examples of a shard as they are.
      const unmixed = await of(0, 1, 1);
      for (let i = 0; i < 24; i += 6) {
        const [from = ''] = unmixed.slice(i, i + 1);
        expect(unmixed.slice(i, i + 6)).toEqual(sorted.slice(Number(from), Number(from) + 6));
      }
      expect(unmixed).not.toEqual(sorted);
      // The same in every release but a major one.
      expect(first.slice(0, 5)).toEqual(['0007', '0013', '0009', '0015', '0010']);
    }));

  test('goes on at any place, and shares out shards so that each example comes once', () =>
    withFolder(async (folder) => {
      const counts = [3, 0, 5, 1, 4];
      const stream = await webDataset(await writeShards(folder, counts), {
        ...tiny,
        shuffleBuffer: 4,
      });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: counts.length }),
          fc.nat({ max: 8 }),
          fc.option(fc.nat({ max: 3 })),
          async (count, skip, seed) => {
            const parts = await Promise.all(
              Array.from({ length: count }, (_, index) =>
                read(stream, { seed, epoch: 1, shard: { index, count } }),
              ),
            );
            expect(keys(parts.flat()).sort()).toEqual(
              Array.from({ length: 13 }, (_, i) => String(i).padStart(4, '0')),
            );
            const [part = []] = parts;
            const shard = { index: 0, count };
            expect(await read(stream, { seed, epoch: 1, skip, shard })).toEqual(part.slice(skip));
          },
        ),
        { numRuns: 15 },
      );
      expect(() => stream.open({ epoch: 0, seed: 1, shard: { index: 0, count: 6 } })).toThrow(
        new RangeError(
          'webDataset: processes share shards, so shard.count must be at most 5, got 6; make more and smaller shards',
        ),
      );
    }));

  describe('with examples that cannot be read', () => {
    const cases: [string, [string, Uint8Array | Promise<Uint8Array>][], string][] = [
      [
        'no image',
        [['k.cls', Buffer.from('1')]],
        'it must have one image (jpg, jpeg, png, webp), got none',
      ],
      [
        'two images',
        [
          ['k.jpg', Buffer.from('1')],
          ['k.png', Buffer.from('1')],
        ],
        'it must have one image (jpg, jpeg, png, webp), got jpg and png',
      ],
      [
        'a damaged image',
        [
          ['k.jpg', Buffer.from('1')],
          ['k.cls', Buffer.from('1')],
        ],
        'Input buffer contains unsupported',
      ],
      [
        'no label',
        [['k.png', flat([1, 1, 1])]],
        'it has no label: no .cls, .txt or label in a .json',
      ],
      [
        'a label too large',
        [
          ['k.png', flat([1, 1, 1])],
          ['k.cls', Buffer.from('3')],
        ],
        "its label must be one of the 3 class names or 0..2, got '3'",
      ],
      [
        'a label of no class',
        [
          ['k.png', flat([1, 1, 1])],
          ['k.txt', Buffer.from('ant')],
        ],
        "its label must be one of the 3 class names or 0..2, got 'ant'",
      ],
      [
        'a label that is none',
        [
          ['k.png', flat([1, 1, 1])],
          ['k.json', Buffer.from('{"label":[0]}')],
        ],
        'its label must be one of the 3 class names or 0..2, got 0',
      ],
      [
        'a damaged json',
        [
          ['k.png', flat([1, 1, 1])],
          ['k.json', Buffer.from('{"label":')],
        ],
        'its .json is damaged: ',
      ],
      [
        'a large member',
        [
          ['k.png', Buffer.alloc(5000)],
          ['k.cls', Buffer.from('1')],
        ],
        'k.png has 5000 bytes, more than the 4000 of maxMemberBytes',
      ],
    ];
    test.each(cases)('%s: ends with its name, or reports it and goes on', (_, members, message) =>
      withFolder(async (folder) => {
        const files = await Promise.all(
          members.map(async ([name, content]) => [name, await content] as [string, Uint8Array]),
        );
        const path = await writeArchive(join(folder, 'a.tar'), [
          ...(await example('a', 1, 1)),
          ...files,
          ...(await example('z', 2, 2)),
        ]);
        const options = { ...tiny, maxMemberBytes: 4000 };
        await expect(read(await webDataset(path, options))).rejects.toThrow(
          `webDataset: cannot read k in ${path}: ${message}`,
        );
        const reports: Unreadable[] = [];
        const onUnreadable = (report: Unreadable) => reports.push(report);
        const left = await read(await webDataset(path, { ...options, onUnreadable }));
        expect(left.map(({ key, place }) => [key, place])).toEqual([
          ['a', 0],
          ['z', 2],
        ]);
        expect(reports.map(({ key, where }) => [key, where])).toEqual([['k', `k in ${path}`]]);
      }),
    );

    test('goes on with the next shard when one is cut short', () =>
      withFolder(async (folder) => {
        const shards = await writeShards(folder, [3, 3, 2]);
        const cut = join(folder, 's-001.tar');
        // Two examples of four members of 512 or 1024 bytes are whole.
        const whole = await readFile(cut);
        await truncate(cut, whole.lastIndexOf('0005.png') + 600);
        await expect(read(await webDataset(shards, tiny))).rejects.toThrow(
          `webDataset: cannot read ${cut}: cannot unpack ${cut} after 0004.cls: `,
        );
        const reports: Unreadable[] = [];
        const onUnreadable = (report: Unreadable) => reports.push(report);
        const left = await read(await webDataset(shards, { ...tiny, onUnreadable }));
        expect(keys(left)).toEqual(['0000', '0001', '0002', '0003', '0004', '0006', '0007']);
        expect(reports.map(({ key }) => key)).toEqual([cut]);
      }));

    test.each([
      [{ name: '../a.png' }, "must hold paths inside of it alone, got '../a.png'"],
      [{ name: '/etc/a.png' }, "must hold paths inside of it alone, got '/etc/a.png'"],
      [
        { name: 'a.png', type: 'symlink' as const, linkname: '/etc/passwd' },
        "must hold files and folders alone, got a symlink to '/etc/passwd' named 'a.png'",
      ],
      [
        { name: 'a.png', type: 'character-device' as const },
        "must hold files and folders alone, got a character-device named 'a.png'",
      ],
    ])('refuses an archive with %j', (header, message) =>
      withFolder(async (folder) => {
        const path = await writeArchive(join(folder, 'a.tar'), [[header, Buffer.alloc(0)]]);
        await expect(read(await webDataset(path, tiny))).rejects.toThrow(message);
      }),
    );

    test('refuses a member that comes twice', () =>
      withFolder(async (folder) => {
        const twice = await example('a', 1, 1);
        const path = await writeArchive(join(folder, 'a.tar'), [...twice, ...twice]);
        await expect(read(await webDataset(path, tiny))).rejects.toThrow(
          'must hold each member once, got a.png again',
        );
      }));
  });

  test.each([
    ['', {}, "shards must be paths, addresses or patterns of them, got ''"],
    [[], {}, 'shards must be one or more, got none'],
    ['/nowhere/{0..1}.tar', {}, 'cannot read the shard /nowhere/0.tar: ENOENT'],
    ['/tmp', {}, 'the shard /tmp must be a file'],
    ['/tmp/{a,b,a}', {}, 'shards must be named once, got /tmp/a more than once'],
    ['/tmp/{0..9999999}', {}, 'shards must be at most 100000, got more'],
    ['a', { classNames: 0 }, 'classNames must be a whole number from 1, got 0'],
    ['a', { classNames: ['x', 'x'] }, "classNames holds 'x' more than once"],
    ['a', { classFile: 'b' }, 'give classNames or classFile, one of them'],
    ['a', { classNames: undefined, classFile: '/nowhere' }, 'there is no class list /nowhere'],
    ['a', { shuffleBuffer: 0 }, 'shuffleBuffer must be a whole number from 1, got 0'],
    ['a', { retries: -1 }, 'retries must be a whole number from 0, got -1'],
    ['a', { count: 1.5 }, 'count must be a whole number from 1, got 1.5'],
  ])('refuses %p with %j', async (shards, options, message) => {
    const given = { ...tiny, ...options } as WebDatasetOptions;
    await expect(webDataset(shards, given)).rejects.toThrow(`webDataset: ${message}`);
  });
});
