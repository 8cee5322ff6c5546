import { join } from 'node:path';
import { cifarFiles, records, withFolder, writeFiles } from '../fixtures/cifar.js';
import { failure } from '../fixtures/failure.js';
import { npy } from '../fixtures/npy.js';
import { cifar10 } from './cifar10.js';
import { cifar10h } from './cifar10h.js';

const file = (type: string, rows: number, content: Uint8Array, columns = 10) =>
  npy(`{'descr': '${type}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`, content);

/** Counts for images `first` ..: most people name the label, `i % 10`, and `i % 3` of fifty the next class. */
function counts(rows: number, first = 70): number[] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: 10 }, (_, k) => {
      const label = (first + i) % 10;
      if (k === label) return 50 - (i % 3);
      return k === (label + 1) % 10 ? i % 3 : 0;
    }),
  ).flat();
}
const countsFile = (rows: number) =>
  file('<i8', rows, new Uint8Array(BigInt64Array.from(counts(rows), BigInt).buffer));
const shares = (rows: number) => Float64Array.from(counts(rows), (count) => count / 50);
const sharesFile = (rows: number) => file('<f8', rows, new Uint8Array(shares(rows).buffer));

describe('cifar10h', () => {
  test.each([
    ['shares in a folder', 'cifar10h-probs.npy', sharesFile(2), ''],
    ['counts in a folder', 'cifar10h-counts.npy', countsFile(2), ''],
    ["the repository's folder", 'data/cifar10h-probs.npy', sharesFile(2), ''],
    ['a file', 'people.npy', countsFile(2), 'people.npy'],
    ['more rows than images', 'cifar10h-counts.npy', countsFile(9), ''],
  ])('joins %s to the test images, in order', (_, name, content, source) =>
    withFolder(async (folder) => {
      const images = await writeFiles(join(folder, 'images'), cifarFiles());
      await writeFiles(join(folder, 'labels'), { [name]: content });
      const human = await cifar10h(join(folder, 'labels', source), { images });
      const test = await cifar10(images, { split: 'test' });
      expect(human).toEqual({
        ...test,
        name: 'cifar10h',
        softLabels: Float32Array.from(shares(2)),
      });
    }),
  );

  test('reads no more than the first images', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { ...cifarFiles(), 'cifar10h-probs.npy': sharesFile(2) });
      const human = await cifar10h(folder, { images: folder, limit: 1 });
      expect(human.labels.length).toBe(1);
      expect(human.softLabels).toEqual(Float32Array.from(shares(1)));
    }));

  test('refuses labels of other images, or in another order', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, {
        'test_batch.bin': records(200, 3),
        'cifar10h-probs.npy': sharesFile(200),
      });
      expect(await failure(cifar10h(folder, { images: folder }))).toBe(
        `cifar10h: ${join(folder, 'cifar10h-probs.npy')}: most people must have named what CIFAR-10 calls an image in at least 90 % of them, got 0.0 %; give CIFAR-10's test images in their own order`,
      );
    }));

  test.each<[string, Buffer, string]>([
    ['too few rows', sharesFile(1), 'must be 2 rows or more of 10, got the shape [1, 10]'],
    [
      'rows of other length',
      file('<f8', 4, new Uint8Array(4 * 5 * 8), 5),
      'must be 2 rows or more of 10, got the shape [4, 5]',
    ],
    [
      'rows of no sum',
      file(
        '<f8',
        2,
        new Uint8Array(Float64Array.of(...shares(1), ...new Array(10).fill(0.2)).buffer),
      ),
      'a row must be shares of sum 1 or whole numbers from 0, got [0.2, 0.2',
    ],
    [
      'negative counts',
      file(
        '<i4',
        2,
        new Uint8Array(Int32Array.of(...counts(1), -1, 51, ...new Array(8).fill(0)).buffer),
      ),
      'got [-1, 51, 0, 0, 0, 0, 0, 0, 0, 0] for image 1; the file is damaged',
    ],
    ['an image that nobody looked at', file('<i4', 2, new Uint8Array(80)), 'for image 0'],
    [
      'NaN',
      file('<f4', 2, new Uint8Array(new Float32Array(20).fill(Number.NaN).buffer)),
      'got [NaN',
    ],
    ['no array', Buffer.from('<html>'), 'an .npy file must begin with'],
  ])('refuses %s', (_, content, why) =>
    withFolder(async (folder) => {
      await writeFiles(folder, { ...cifarFiles(), 'cifar10h-probs.npy': content });
      const message = await failure(cifar10h(folder, { images: folder }));
      expect(message.startsWith(`cifar10h: ${join(folder, 'cifar10h-probs.npy')}: `)).toBe(true);
      expect(message).toContain(why);
    }),
  );

  test('says what its arguments must be', () =>
    withFolder(async (folder) => {
      expect(await failure(cifar10h(''))).toContain("source must be 'cifar10h', or the path");
      expect(await failure(cifar10h(folder))).toBe(
        `cifar10h: ${folder} must be a folder with cifar10h-probs.npy or cifar10h-counts.npy, got none of both; give 'cifar10h' to download it`,
      );
      expect(await failure(cifar10h(folder, { limit: 0 }))).toContain('limit must be');
      expect(await failure(cifar10h(join(folder, 'a.npy')))).toContain('cifar10h: cannot read');
    }));
});
