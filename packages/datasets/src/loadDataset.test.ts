import { embedded } from './embedded.js';
import { cifarFiles, withFolder, writeArchive, writeFiles } from './fixtures/cifar.js';
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

  test.each(['embeded', '/nowhere/at/all', ''])(
    'says what the source can be, got %p',
    async (source) => {
      await expect(loadDataset(source)).rejects.toThrow(
        new Error(
          `loadDataset: the data set must be 'embedded', or the path of CIFAR-10's .tar.gz or folder of .bin files, got '${source}', which does not exist`,
        ),
      );
    },
  );

  test.each(['embedded', '/tmp'])('refuses a bad split or limit, %s', async (source) => {
    await expect(loadDataset(source, { split: 'val' as 'test' })).rejects.toThrow(
      "split must be 'train' or 'test', got 'val'",
    );
    await expect(loadDataset(source, { limit: -1 })).rejects.toThrow(
      'must be a whole number from 1, got -1',
    );
  });
});
