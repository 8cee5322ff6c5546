import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Dataset } from '../dataset.js';
import {
  cifarFiles,
  pixel,
  records,
  withFolder,
  writeArchive,
  writeFiles,
} from '../fixtures/cifar.js';
import { cifar10 } from './cifar10.js';

const home = 'https://www.cs.toronto.edu/~kriz/cifar.html';
const size = 'expected a multiple of 3073 bytes (one label and 3 x 32 x 32 pixels)';

/** Checks that `dataset` is images `first` .. `first + count` of the made-up records. */
function expectImages(dataset: Dataset, first: number, count: number): void {
  const expected = Uint8Array.from({ length: count * 3072 }, (_, i) =>
    pixel(first + Math.floor(i / 3072), Math.floor((i % 3072) / 3), i % 3),
  );
  expect(Array.from(dataset.labels)).toEqual(
    Array.from({ length: count }, (_, i) => (first + i) % 10),
  );
  expect(Buffer.compare(dataset.images, expected)).toBe(0);
}

/** The error that reading ends in. */
async function failure(...args: Parameters<typeof cifar10>): Promise<string> {
  const error = await cifar10(...args).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`read without an error: ${args[0]}`);
  return error.message;
}

describe('cifar10 of a folder', () => {
  test('turns planes into pixels, in the order of the files', () =>
    withFolder(async (folder) => {
      const train = await cifar10(await writeFiles(folder, cifarFiles()));
      expectImages(train, 0, 15);
      expect(train).toMatchObject({
        name: 'cifar10',
        shape: [32, 32, 3],
        classNames: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'],
      });
      expectImages(await cifar10(folder, { split: 'test' }), 70, 2);
    }));

  test('is found in the folder above, and has names without a list of them', () =>
    withFolder(async (folder) => {
      const { 'batches.meta.txt': _, ...files } = cifarFiles();
      await writeFiles(join(folder, 'cifar-10-batches-bin'), files);
      const train = await cifar10(folder);
      expectImages(train, 0, 15);
      expect(train.classNames.slice(0, 3)).toEqual(['airplane', 'automobile', 'bird']);
      expect(train.classNames[9]).toBe('truck');
    }));

  test.each([1, 3, 4, 14, 15, 100])('reads no more than the first %i', (limit) =>
    withFolder(async (folder) => {
      await writeFiles(folder, cifarFiles());
      expectImages(await cifar10(folder, { limit }), 0, Math.min(limit, 15));
    }),
  );

  test('needs only the files that the limit reaches', () =>
    withFolder(async (folder) => {
      const files = cifarFiles();
      await writeFiles(folder, {
        'data_batch_1.bin': files['data_batch_1.bin'] as Buffer,
        'data_batch_2.bin': Buffer.from('damaged'),
      });
      expectImages(await cifar10(folder, { limit: 3 }), 0, 3);
      expect(await failure(folder, { limit: 4 })).toContain(
        'data_batch_2.bin: expected a multiple',
      );
    }));

  test('that is not there', async () => {
    expect(await failure('/nowhere/cifar')).toBe(
      `cifar10: /nowhere/cifar does not exist; give the folder or the .tar.gz of CIFAR-10's binary version, ${home}`,
    );
  });

  test('that is empty', () =>
    withFolder(async (folder) => {
      expect(await failure(folder, { split: 'test' })).toBe(
        `cifar10: the folder ${folder} is empty; expected test_batch.bin; put CIFAR-10's binary version there, ${home}`,
      );
    }));

  test('that holds something else', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'cat.png': Buffer.from('x') });
      expect(await failure(folder, { split: 'test' })).toBe(
        `cifar10: the folder ${folder} lacks test_batch.bin, needed for the whole split; it holds cat.png; give the folder that holds them, or the archive itself, ${home}`,
      );
      await writeFiles(folder, { 'data_batch_1.bin': records(1, 0) });
      expect(await failure(folder, { limit: 5 })).toBe(
        `cifar10: the folder ${folder} lacks data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, needed for 5 images; it holds cat.png, data_batch_1.bin; add the missing ones, or ask for fewer images with limit`,
      );
    }));

  test.each([[['train.bin', 'test.bin']], [['train', 'test', 'meta']]])(
    'that holds CIFAR-100, %p',
    (names) =>
      withFolder(async (folder) => {
        await writeFiles(folder, Object.fromEntries(names.map((name) => [name, records(1, 0)])));
        expect(await failure(folder)).toContain('that is CIFAR-100');
      }),
  );

  test('with a file cut short', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, cifarFiles());
      const path = join(folder, 'data_batch_3.bin');
      await truncate(path, 2 * 3073 + 17);
      expect(await failure(folder)).toBe(
        `cifar10: ${path}: ${size}, got 6163: 2 records and 17 bytes of one more; it was cut short or is another format, download it again from ${home}`,
      );
      await truncate(path, 0);
      expect(await failure(folder)).toBe(
        `cifar10: ${path} is empty; download it again from ${home}`,
      );
    }));

  test('with a file of CIFAR-100', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'test_batch.bin');
      await writeFile(path, Buffer.alloc(10 * 3074));
      expect(await failure(folder, { split: 'test' })).toBe(
        `cifar10: ${path}: ${size}, got 30740, which is 10 records of CIFAR-100 (3074 bytes each); give CIFAR-10's binary version, ${home}`,
      );
      // As many records as make the size fit both.
      await writeFile(path, Buffer.alloc(3073 * 3074, 19));
      expect(await failure(folder, { split: 'test', limit: 10 })).toBe(
        `cifar10: ${path}: labels must be 0..9, got 19 in record 0; its size is also a multiple of 3074 bytes: is this CIFAR-100?`,
      );
    }));

  test('with a label out of range', () =>
    withFolder(async (folder) => {
      const bytes = records(4, 0);
      bytes[2 * 3073] = 10;
      await writeFiles(folder, { 'test_batch.bin': bytes });
      expect(await failure(folder, { split: 'test' })).toBe(
        `cifar10: ${join(folder, 'test_batch.bin')}: labels must be 0..9, got 10 in record 2; the file is damaged or of another format, download it again from ${home}`,
      );
    }));

  test('with a folder in the place of a file', () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, 'test_batch'));
      expect(await failure(folder, { split: 'test' })).toBe(
        `cifar10: cannot read ${folder}: EISDIR: illegal operation on a directory, read`,
      );
    }));

  test('with a list of too few names', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { ...cifarFiles(), 'batches.meta.txt': Buffer.from('cat\ndog\n') });
      expect(await failure(folder)).toBe(
        `cifar10: batches.meta.txt in ${folder} must name 10 classes, one a line, got 2`,
      );
    }));
});

describe('cifar10 of an archive', () => {
  const members = (...names: string[]): [string, Buffer][] =>
    names.map((name) => [`cifar-10-batches-bin/${name}`, cifarFiles()[name] as Buffer]);
  /** Where the header of the second one begins. */
  const secondMember = 512 + Math.ceil((3 * 3073) / 512) * 512;
  const inOrder = Object.keys(cifarFiles());
  const mixed = [4, 5, 0, 6, 3, 1, 2].map((i) => inOrder[i] as string);

  test.each(['c.tar.gz', 'c.tgz', 'c.tar'])('reads %s', (name) =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, name), members(...inOrder));
      const train = await cifar10(path);
      expectImages(train, 0, 15);
      expect(train.classNames[0]).toBe('a');
      expectImages(await cifar10(path, { split: 'test' }), 70, 2);
    }),
  );

  test.each([undefined, 1, 3, 4, 7, 14, 15, 100])(
    'takes the members in any order, limit %p',
    (limit) =>
      withFolder(async (folder) => {
        const path = await writeArchive(join(folder, 'c.tar.gz'), members(...mixed));
        const train = await cifar10(path, limit === undefined ? {} : { limit });
        expectImages(train, 0, Math.min(limit ?? 15, 15));
      }),
  );

  test('reads no further than the limit needs', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'c.tar'), members(...inOrder));
      await truncate(path, secondMember + 600);
      expectImages(await cifar10(path, { limit: 3 }), 0, 3);
      expect(await failure(path, { limit: 4 })).toContain(
        `cifar10: cannot unpack ${path} after cifar-10-batches-bin/data_batch_1.bin: Unexpected end of data`,
      );
    }));

  test('looks at regular members alone', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'c.tar.gz'), [
        [{ name: 'cifar-10-batches-bin/', type: 'directory' }, Buffer.alloc(0)],
        ['cifar-10-batches-bin/readme.html', Buffer.alloc(100_000, 'x')],
        ['cifar-10-batches-bin/._data_batch_1.bin', Buffer.from('resource fork')],
        ...members(...inOrder),
      ]);
      expectImages(await cifar10(path), 0, 15);
    }));

  test('of something else', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'cifar-100.tar.gz'), [
        ['cifar-100-binary/train.bin', Buffer.alloc(3074)],
        ['cifar-100-binary/test.bin', Buffer.alloc(3074)],
      ]);
      expect(await failure(path, { split: 'test' })).toBe(
        `cifar10: ${path} lacks test_batch.bin, needed for the whole split; it holds train.bin, test.bin; that is CIFAR-100, give CIFAR-10's binary version, ${home}`,
      );
    }));

  test('with a member twice, or one of no whole records', () =>
    withFolder(async (folder) => {
      const twice = await writeArchive(join(folder, 'twice.tar'), [
        ['a/test_batch.bin', records(1, 0)],
        ['b/test_batch.bin', records(1, 0)],
      ]);
      expect(await failure(twice, { split: 'test' })).toBe(
        `cifar10: ${twice} holds test_batch.bin more than once`,
      );
      const odd = await writeArchive(join(folder, 'odd.tar'), [
        ['test_batch.bin', Buffer.alloc(9)],
      ]);
      expect(await failure(odd, { split: 'test' })).toContain(
        `cifar10: test_batch.bin in ${odd}: ${size}, got 9: 0 records and 9 bytes`,
      );
    }));

  test.each([
    ['cut short', (gz: Buffer) => gz.subarray(0, gz.length >> 1), 'unexpected end of file'],
    ['damaged inside', (gz: Buffer) => damage(gz, gz.length >> 1), /./],
    ['with a wrong checksum', (gz: Buffer) => damage(gz, gz.length - 8), 'incorrect data check'],
    [
      'with a damaged header in it',
      (gz: Buffer) => gzipSync(damage(gunzipSync(gz), secondMember)),
      'Invalid tar header',
    ],
    [
      'that ends within a member',
      (gz: Buffer) => gzipSync(gunzipSync(gz).subarray(0, 3 * 3073)),
      'Unexpected end of data',
    ],
    [
      'that ends between members',
      (gz: Buffer) => gzipSync(gunzipSync(gz).subarray(0, secondMember)),
      'lacks data_batch_2.bin, data_batch_3.bin',
    ],
  ])('%s', (_, spoil, reason) =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'c.tar.gz'), members(...inOrder));
      await writeFile(path, spoil(await readFile(path)));
      const message = await failure(path);
      expect(message).toMatch(reason);
      expect(message).toContain(path);
      if (!message.includes('lacks')) {
        expect(message).toContain('the file is damaged or incomplete, download it again');
      }
    }),
  );

  test('that is a plain file', () =>
    withFolder(async (folder) => {
      const bin = join(folder, 'test_batch.bin');
      await writeFile(bin, records(1, 0));
      expect(await failure(bin)).toBe(
        `cifar10: ${bin} must be a folder, a .tar.gz or a .tar, got a file of 3073 bytes that is neither gzip nor tar; give the folder that holds it`,
      );
      await writeFile(join(folder, 'c.zip'), 'PK');
      expect(await failure(join(folder, 'c.zip'))).toContain(
        `got a file of 2 bytes that is neither gzip nor tar; give CIFAR-10's binary version`,
      );
    }));

  const linux = existsSync('/proc/self/fd') ? test : test.skip;
  linux('leaves no file open, however it ends', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'c.tar.gz'), members(...inOrder));
      await cifar10(path);
      await cifar10(path, { limit: 1 });
      await writeFile(path, damage(await readFile(path), 100));
      await failure(path);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(openFiles(folder)).toBe(0);
    }),
  );
});

describe('cifar10', () => {
  test('says what its arguments must be', async () => {
    expect(await failure('')).toBe(
      "cifar10: source must be the path of a folder or archive, got ''",
    );
    expect(await failure('x', { split: 'valid' as 'test' })).toBe(
      "cifar10: split must be 'train' or 'test', got 'valid'",
    );
    expect(await failure('x', { limit: 0 })).toBe(
      'cifar10: limit must be a whole number from 1, got 0',
    );
  });
});

/** The same bytes but for one. */
function damage(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0xff;
  return copy;
}

/** How many files in `folder` this process holds open, as Linux tells it. */
function openFiles(folder: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}
