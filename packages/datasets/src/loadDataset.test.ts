import { embedded } from './embedded.js';
import { cifarFiles, records100, withFolder, writeArchive, writeFiles } from './fixtures/cifar.js';
import { writeClasses } from './fixtures/images.js';
import { loadDataset } from './loadDataset.js';

describe('loadDataset', () => {
  test('draws the embedded set', async () => {
    expect(await loadDataset('embedded', { split: 'test', limit: 7 })).toEqual(
      embedded({ split: 'test', size: 7 }),
    );
    expect((await loadDataset('embedded')).labels.length).toBe(2000);
  });

  test('reads a folder or an archive', () =>
    withFolder(async (folder) => {
      const files = cifarFiles();
      await writeFiles(folder, files);
      const train = await loadDataset(folder, { limit: 4 });
      expect(train.labels).toEqual(Uint8Array.of(0, 1, 2, 3));
      const archive = await writeArchive(
        `${folder}/c.tar.gz`,
        Object.entries(files).map(([name, content]) => [name, content]),
      );
      const { images, labels } = await loadDataset(archive, { limit: 4 });
      expect({ images, labels }).toEqual({ images: train.images, labels: train.labels });
      expect((await loadDataset(archive, { split: 'test' })).labels.length).toBe(2);
    }));

  test('tells CIFAR-100 from CIFAR-10, in a folder and an archive', () =>
    withFolder(async (folder) => {
      const files = { 'train.bin': records100(3, 0), 'test.bin': records100(2, 50) };
      await writeFiles(`${folder}/flat`, files);
      await writeFiles(`${folder}/above/cifar-100-binary`, files);
      const archive = await writeArchive(
        `${folder}/c.tar.gz`,
        Object.entries(files).map(([name, content]) => [`cifar-100-binary/${name}`, content]),
      );
      for (const source of [`${folder}/flat`, `${folder}/above`, archive]) {
        const test = await loadDataset(source, { split: 'test' });
        expect(test.name).toBe('cifar100');
        expect(test.labels).toEqual(Uint8Array.of(50, 51));
      }
    }));

  test('reads a folder of images, and some of all its classes', () =>
    withFolder(async (folder) => {
      await writeClasses(`${folder}/train`, { cat: 20, dog: 20 });
      await writeClasses(`${folder}/test`, { cat: 1, dog: 2 });
      const train = await loadDataset(folder);
      expect(train).toMatchObject({ shape: [32, 32, 3], classNames: ['cat', 'dog'] });
      expect(train.labels.length).toBe(40);
      const some = await loadDataset(folder, { limit: 10, imageSize: 8 });
      expect(some.images.length).toBe(10 * 8 * 8 * 3);
      expect(new Set(some.labels)).toEqual(new Set([0, 1]));
      const test = await loadDataset(folder, { split: 'test', imageSize: 8 });
      expect(test.labels).toEqual(Uint8Array.of(0, 1, 1));
    }));

  test.each([
    ['embeded', 'embedded'],
    ['CIFAR-10', 'cifar10'],
    ['cifar-100', 'cifar100'],
    ['/nowhere/at/all', 'embedded'],
    ['', 'cifar10'],
  ])('names the nearest of what it knows, got %p', async (source, nearest) => {
    await expect(loadDataset(source)).rejects.toThrow(
      new Error(
        `loadDataset: the data set must be a name (embedded, cifar10, cifar10-python, cifar100, cifar100-python, cifar100-coarse, cifar10h, cifar10.1, cifar10.1-v4), or the path of an archive or folder of CIFAR or of a folder of images by class, got '${source}', which does not exist; did you mean '${nearest}'?`,
      ),
    );
  });

  test.each(['embedded', '/tmp'])('refuses a bad split or limit, %s', async (source) => {
    await expect(loadDataset(source, { split: 'val' as 'test' })).rejects.toThrow(
      "split must be 'train' or 'test', got 'val'",
    );
    await expect(loadDataset(source, { limit: -1 })).rejects.toThrow(
      'must be a whole number from 1, got -1',
    );
  });
});
