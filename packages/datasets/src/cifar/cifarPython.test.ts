import { readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { records, records100, withFolder, writeArchive, writeFiles } from '../fixtures/cifar.js';
import { failure } from '../fixtures/failure.js';
import { cifar10 } from './cifar10.js';
import { cifar100 } from './cifar100.js';

const pickle = (name: string) =>
  readFileSync(join(__dirname, '..', 'fixtures', 'pickles', `${name}.pickle`));
const batches = ['py2-0', 'py2-1', 'py2-2', 'py3-0', 'py3-1', 'py3-2', 'py3-3', 'py3-4'];

/** The files of CIFAR-10's Python version: five of two images, the same ones, and their names. */
function python10(kind = 'py2-2'): Record<string, Buffer> {
  const names = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5'];
  const files = [...names, 'test_batch'].map((name) => [name, pickle(`batch-${kind}`)]);
  return { ...Object.fromEntries(files), 'batches.meta': pickle('meta10-py2-2') };
}

describe('cifar10 of the Python version', () => {
  test.each(batches)('gives what the binary version gives, %s', (kind) =>
    withFolder(async (folder) => {
      await writeFiles(join(folder, 'py'), { test_batch: pickle(`batch-${kind}`) });
      await writeFiles(join(folder, 'bin'), { 'test_batch.bin': records(2, 3) });
      const python = await cifar10(join(folder, 'py'), { split: 'test' });
      expect(python).toEqual(await cifar10(join(folder, 'bin'), { split: 'test' }));
      expect(Array.from(python.labels)).toEqual([3, 4]);
    }),
  );

  test('is read from a folder, the folder above it, and an archive, names included', () =>
    withFolder(async (folder) => {
      const files = python10();
      await writeFiles(join(folder, 'cifar-10-batches-py'), files);
      const train = await cifar10(join(folder, 'cifar-10-batches-py'));
      expect(Array.from(train.labels)).toEqual([3, 4, 3, 4, 3, 4, 3, 4, 3, 4]);
      expect(train.classNames.join('')).toBe('abcdefghij');
      expect(await cifar10(folder)).toEqual(train);
      const archive = await writeArchive(
        join(folder, 'c.tar.gz'),
        Object.entries(files).map(([name, content]) => [`cifar-10-batches-py/${name}`, content]),
      );
      expect(await cifar10(archive)).toEqual(train);
      expect((await cifar10(archive, { split: 'test' })).labels.length).toBe(2);
    }));

  test.each([1, 2, 3, 9, 10, 20])('reads no more than the first %i', (limit) =>
    withFolder(async (folder) => {
      await writeFiles(folder, python10());
      const whole = await cifar10(folder);
      const first = await cifar10(folder, { limit });
      const count = Math.min(limit, 10);
      expect(first.labels).toEqual(whole.labels.subarray(0, count));
      expect(first.images).toEqual(whole.images.subarray(0, count * 3072));
    }),
  );

  test('needs only the files that the limit reaches', () =>
    withFolder(async (folder) => {
      const { data_batch_1 } = python10();
      const damaged = Buffer.from('\xff damaged', 'latin1');
      await writeFiles(folder, { data_batch_1: data_batch_1 as Buffer, data_batch_2: damaged });
      expect((await cifar10(folder, { limit: 2 })).labels.length).toBe(2);
      expect(await failure(cifar10(folder, { limit: 3 }))).toBe(
        `cifar10: ${join(folder, 'data_batch_2')}: cannot read the pickle at byte 1: there is no code 255; is it a pickle, and whole? Download it again`,
      );
    }));

  test('prefers the binary version where both are', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { ...python10(), 'test_batch.bin': records(3, 0) });
      expect((await cifar10(folder, { split: 'test' })).labels.length).toBe(3);
    }));

  test.each<[string, Buffer, string]>([
    ['a list', Buffer.from('].'), "must hold the bytes of images as 'data', got no dict"],
    ['nothing', Buffer.from('}.'), "as 'data', got a dict with nothing in it"],
    [
      'the labels of CIFAR-100',
      pickle('fine-py2-2'),
      "must hold 2 numbers as 'labels', one an image, got none, got a dict with data, batch_label, fine_labels, coarse_labels",
    ],
    [
      'labels out of range',
      swap(pickle('batch-py2-2'), Buffer.from('(K\x03K\x04e'), Buffer.from('(K\x03K\x0ae')),
      'labels must be 0..9, got 10 for image 1',
    ],
    [
      'a label too few',
      swap(pickle('batch-py2-2'), Buffer.from('(K\x03K\x04e'), Buffer.from('(K\x03e')),
      "must hold 2 numbers as 'labels', one an image, got 1",
    ],
    [
      'no number for a label',
      swap(pickle('batch-py2-2'), Buffer.from('(K\x03K\x04e'), Buffer.from('(K\x03]e')),
      'labels must be 0..9, got  for image 1',
    ],
    [
      'images of another size',
      swap(pickle('batch-py2-2'), Buffer.from('K\x02M\x00\x0c'), Buffer.from('K\x04M\x00\x06')),
      "'data' must be of shape [N, 3072], got [4, 1536]",
    ],
    ['a function', Buffer.from('cos\nsystem\n.'), 'refused the global "os.system"'],
  ])('refuses %s', (_, content, why) =>
    withFolder(async (folder) => {
      await writeFiles(folder, { test_batch: content });
      const message = await failure(cifar10(folder, { split: 'test' }));
      expect(message.startsWith(`cifar10: ${join(folder, 'test_batch')}`)).toBe(true);
      expect(message).toContain(why);
    }),
  );

  test('says what to give for a single file', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, python10());
      expect(await failure(cifar10(join(folder, 'data_batch_1')))).toContain(
        'that is neither gzip nor tar; give the folder that holds it',
      );
    }));
});

describe('cifar100', () => {
  test('gives the fine or the coarse labels of the binary version', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'train.bin': records100(30, 90), 'test.bin': records100(2, 0) });
      const fine = await cifar100(folder);
      const coarse = await cifar100(folder, { labels: 'coarse' });
      expect(Array.from(fine.labels.subarray(8, 12))).toEqual([98, 99, 0, 1]);
      expect(Array.from(coarse.labels.subarray(8, 12))).toEqual([18, 19, 0, 1]);
      expect([fine.name, coarse.name]).toEqual(['cifar100', 'cifar100-coarse']);
      expect([fine.classNames.length, coarse.classNames.length]).toEqual([100, 20]);
      expect([fine.classNames[99], coarse.classNames[19]]).toEqual(['worm', 'vehicles_2']);
      await writeFiles(join(folder, 'ten'), { 'test_batch.bin': records(30, 90) });
      expect(fine.images).toEqual((await cifar10(join(folder, 'ten'), { split: 'test' })).images);
      expect((await cifar100(folder, { split: 'test', limit: 1 })).labels.length).toBe(1);
    }));

  test('takes the names of the classes that come along', () =>
    withFolder(async (folder) => {
      const names = (count: number, prefix: string) =>
        Buffer.from(Array.from({ length: count }, (_, i) => `${prefix}${i}\n`).join(''));
      await writeFiles(join(folder, 'cifar-100-binary'), {
        'test.bin': records100(2, 0),
        'fine_label_names.txt': names(100, 'f'),
        'coarse_label_names.txt': names(20, 'c'),
      });
      expect((await cifar100(folder, { split: 'test' })).classNames[7]).toBe('f7');
      const coarse = await cifar100(folder, { split: 'test', labels: 'coarse' });
      expect(coarse.classNames[7]).toBe('c7');
    }));

  test.each(['fine-py2-2', 'fine-py3-4'])('reads the Python version, %s', (name) =>
    withFolder(async (folder) => {
      await writeFiles(join(folder, 'cifar-100-python'), { train: pickle(name) });
      const fine = await cifar100(folder);
      expect(Array.from(fine.labels)).toEqual([19, 29]);
      const coarse = await cifar100(folder, { labels: 'coarse' });
      expect(Array.from(coarse.labels)).toEqual([11, 15]);
      expect(coarse.images).toEqual(fine.images);
      await writeFiles(join(folder, 'bin'), { 'test.bin': records100(2, 3) });
      const binary = await cifar100(join(folder, 'bin'), { split: 'test' });
      expect(fine.images).toEqual(binary.images);
    }),
  );

  test('reads an archive, and only as far as it must', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'c.tar.gz'), [
        ['cifar-100-binary/train.bin', records100(4, 0)],
        ['cifar-100-binary/test.bin', records100(2, 50)],
      ]);
      const test = await cifar100(path, { split: 'test' });
      expect(Array.from(test.labels)).toEqual([50, 51]);
      expect((await cifar100(path, { limit: 3 })).labels.length).toBe(3);
    }));

  test('refuses CIFAR-10, and labels of neither kind', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'data_batch_1.bin': records(1, 0) });
      expect(await failure(cifar100(folder))).toContain(
        "it holds data_batch_1.bin; that is CIFAR-10, give CIFAR-100's binary version",
      );
      await rename(join(folder, 'data_batch_1.bin'), join(folder, 'train.bin'));
      expect(await failure(cifar100(folder))).toContain(
        'expected a multiple of 3074 bytes (two labels and 3 x 32 x 32 pixels), got 3073, which is 1 records of CIFAR-10',
      );
      const wrong = records100(2, 0);
      wrong[3074] = 20;
      await writeFiles(folder, { 'train.bin': wrong });
      expect(await failure(cifar100(folder))).toContain(
        'coarse labels must be 0..19, got 20 in record 1',
      );
      wrong[3074] = 0;
      wrong[3075] = 100;
      await writeFiles(folder, { 'train.bin': wrong });
      // The other label is looked at as well: a damaged one tells of a damaged file.
      expect(await failure(cifar100(folder, { labels: 'coarse' }))).toContain(
        'fine labels must be 0..99, got 100 in record 1',
      );
    }));

  test('says what its arguments must be', async () => {
    expect(await failure(cifar100(''))).toBe(
      "cifar100: source must be the path of a folder or archive, got ''",
    );
    expect(await failure(cifar100('x', { labels: 'all' as 'fine' }))).toBe(
      "cifar100: labels must be 'fine' or 'coarse', got 'all'",
    );
    expect(await failure(cifar100('x', { limit: 0.5 }))).toContain('limit must be a whole number');
    expect(await failure(cifar100('x', { split: 'val' as 'test' }))).toContain(
      "split must be 'train' or 'test'",
    );
    expect(await failure(cifar100('/nowhere/cifar'))).toContain('/nowhere/cifar does not exist');
  });
});

/** The bytes with `from` in them replaced. */
function swap(bytes: Buffer, from: Buffer, to: Buffer): Buffer {
  const at = bytes.indexOf(from);
  if (at < 0) throw new Error(`${from} is not in the pickle`);
  return Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + from.length)]);
}
