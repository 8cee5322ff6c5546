import { join } from 'node:path';
import { withFolder, writeFiles } from '../fixtures/cifar.js';
import { failure } from '../fixtures/failure.js';
import { npy } from '../fixtures/npy.js';
import { cifar10_1 } from './cifar10_1.js';

const array = (type: string, shape: string, content: Uint8Array) =>
  npy(`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`, content);
const pixels = Uint8Array.from({ length: 3 * 3072 }, (_, i) => (7 * i) % 251);
const images = array('|u1', '3, 32, 32, 3', pixels);
const labels = (...ids: number[]) =>
  array('<i4', `${ids.length},`, new Uint8Array(Int32Array.from(ids).buffer));

describe('cifar10_1', () => {
  test.each(['v4', 'v6'] as const)('reads images and labels, %s', (version) =>
    withFolder(async (folder) => {
      const files = {
        [`cifar10.1_${version}_data.npy`]: images,
        [`cifar10.1_${version}_labels.npy`]: labels(9, 0, 4),
      };
      await writeFiles(folder, files);
      const set = await cifar10_1(folder, { version });
      expect(set).toMatchObject({
        name: `cifar10.1-${version}`,
        images: pixels,
        labels: Uint8Array.of(9, 0, 4),
        shape: [32, 32, 3],
      });
      expect(set.classNames[9]).toBe('truck');
      await writeFiles(join(folder, 'repository', 'datasets'), files);
      expect(await cifar10_1(join(folder, 'repository'), { version })).toEqual(set);
      const first = await cifar10_1(folder, { version, limit: 2 });
      expect(first.images).toEqual(pixels.subarray(0, 2 * 3072));
      expect(first.labels).toEqual(Uint8Array.of(9, 0));
    }),
  );

  test('takes version 6 unless told otherwise', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'cifar10.1_v4_data.npy': images });
      expect(await failure(cifar10_1(folder))).toBe(
        `cifar10_1: ${folder} must be a folder with cifar10.1_v6_data.npy and cifar10.1_v6_labels.npy, got none of both; give 'cifar10.1' to download them`,
      );
      expect(await failure(cifar10_1(folder, { version: 'v4' }))).toContain('got the first alone');
    }));

  test.each<[string, Buffer, Buffer, string]>([
    [
      'images of another type',
      array('<f4', '1, 32, 32, 3', new Uint8Array(4 * 3072)),
      labels(1),
      'images must be bytes of shape [N, 32, 32, 3], got <f4 of shape [1, 32, 32, 3]',
    ],
    [
      'images of another shape',
      array('|u1', '1, 3072', new Uint8Array(3072)),
      labels(1),
      'got |u1 of shape [1, 3072]',
    ],
    [
      'no images',
      array('|u1', '0, 32, 32, 3', new Uint8Array(0)),
      labels(),
      'of shape [0, 32, 32, 3]',
    ],
    [
      'a label too few',
      images,
      labels(1, 2),
      'a label for each of the 3 images, got the shape [2]',
    ],
    ['a label out of range', images, labels(1, 2, 10), 'labels must be 0..9, got 10 for image 2'],
    ['a negative label', images, labels(1, -2, 1), 'labels must be 0..9, got -2 for image 1'],
    [
      'labels that are no whole numbers',
      images,
      array('<f8', '3,', new Uint8Array(Float64Array.of(1, 1.5, 2).buffer)),
      'got 1.5 for image 1',
    ],
    ['a damaged file', Buffer.from('x'), labels(1), 'an .npy file must begin with'],
  ])('refuses %s', (_, data, ids, why) =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'cifar10.1_v6_data.npy': data, 'cifar10.1_v6_labels.npy': ids });
      const message = await failure(cifar10_1(folder));
      expect(message.startsWith(`cifar10_1: ${folder}`)).toBe(true);
      expect(message).toContain(why);
    }),
  );

  test('says what its arguments must be', async () => {
    expect(await failure(cifar10_1(''))).toContain("source must be 'cifar10.1' or the path");
    expect(await failure(cifar10_1('x', { version: 'v5' as 'v6' }))).toBe(
      "cifar10_1: version must be 'v4' or 'v6', got 'v5'",
    );
    expect(await failure(cifar10_1('x', { limit: 1.5 }))).toContain('limit must be');
  });
});
