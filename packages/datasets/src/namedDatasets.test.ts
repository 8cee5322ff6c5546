import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cifar10 } from './cifar/cifar10.js';
import { cifar100 } from './cifar/cifar100.js';
import type { PublishedFile } from './download/publishedFiles.js';
import {
  cifarFiles,
  records,
  records100,
  withFolder,
  writeArchive,
  writeFiles,
} from './fixtures/cifar.js';
import { npy } from './fixtures/npy.js';
import { give, withServer } from './fixtures/server.js';
import { loadDataset } from './loadDataset.js';
import { namedDatasets } from './namedDatasets.js';

const fileOf = (name: string, at = 0) => namedDatasets.get(name)?.files[at] as PublishedFile;
const restore: (() => void)[] = [];
afterEach(() => {
  for (const back of restore.splice(0)) back();
});

/** Lets a small file stand for a published one. */
function publish(file: PublishedFile, content: Uint8Array): void {
  const before = { ...file };
  restore.push(() => Object.assign(file, before));
  Object.assign(file, {
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    md5: createHash('md5').update(content).digest('hex'),
  });
}

describe('namedDatasets', () => {
  test('tells what there is', () => {
    expect([...namedDatasets.keys()]).toEqual([
      ...['embedded', 'cifar10', 'cifar10-python', 'cifar100', 'cifar100-python'],
      ...['cifar100-coarse', 'cifar10h', 'cifar10.1', 'cifar10.1-v4'],
    ]);
    for (const { files, title } of namedDatasets.values()) {
      expect(title).toMatch(/^\S.*\S$/);
      for (const { name, url, bytes, sha256, md5 } of files) {
        expect(url).toMatch(/^https:\/\//);
        expect(url.endsWith(`/${name}`)).toBe(true);
        expect(bytes).toBeGreaterThan(1000);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(md5 ?? '0'.repeat(32)).toMatch(/^[0-9a-f]{32}$/);
      }
    }
  });

  test('gives CIFAR by name, downloaded once, as the same files by path', () =>
    withFolder(async (folder) => {
      const ten = await writeArchive(
        join(folder, 'ten.tar.gz'),
        Object.entries(cifarFiles()).map(([name, content]) => [`cifar/${name}`, content]),
      );
      const hundred = await writeArchive(join(folder, 'hundred.tar.gz'), [
        ['cifar-100-binary/train.bin', records100(5, 30)],
        ['cifar-100-binary/test.bin', records100(3, 60)],
      ]);
      publish(fileOf('cifar10'), await readFile(ten));
      publish(fileOf('cifar100'), await readFile(hundred));
      const cache = join(folder, 'cache');
      await withServer(
        async (request, response) =>
          give(await readFile(request.url?.includes('-100-') ? hundred : ten), request, response),
        async ({ url, requests }) => {
          const options = { folder: cache, mirror: url };
          expect(await loadDataset('cifar10', options)).toEqual(await cifar10(ten));
          const test = await loadDataset('cifar10', { ...options, split: 'test', limit: 1 });
          expect(test).toEqual(await cifar10(ten, { split: 'test', limit: 1 }));
          expect(await loadDataset('cifar100', options)).toEqual(await cifar100(hundred));
          expect(await loadDataset('cifar100-coarse', options)).toEqual(
            await cifar100(hundred, { labels: 'coarse' }),
          );
          expect(requests.map((request) => request.url)).toEqual([
            '/cifar-10-binary.tar.gz',
            '/cifar-100-binary.tar.gz',
          ]);
          expect(await readdir(cache)).toEqual([
            'cifar-10-binary.tar.gz',
            'cifar-100-binary.tar.gz',
          ]);
        },
      );
    }));

  test('splits CIFAR-10H into nine folds to train on and one to test on', () =>
    withFolder(async (folder) => {
      const rows = Float64Array.from({ length: 500 * 10 }, (_, i) =>
        i % 10 === Math.floor(i / 10) % 10 ? 1 : 0,
      );
      const labels = npy(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (500, 10), }",
        new Uint8Array(rows.buffer),
      );
      const archive = await writeArchive(join(folder, 'ten.tar.gz'), [
        ['test_batch.bin', records(500, 0)],
      ]);
      publish(fileOf('cifar10h', 0), labels);
      publish(fileOf('cifar10h', 1), await readFile(archive));
      await withServer(
        async (request, response) =>
          give(request.url?.endsWith('.npy') ? labels : await readFile(archive), request, response),
        async ({ url }) => {
          const options = { folder: join(folder, 'cache'), mirror: url };
          const train = await loadDataset('cifar10h', options);
          const test = await loadDataset('cifar10h', { ...options, split: 'test' });
          expect([train.labels.length, test.labels.length]).toEqual([450, 50]);
          expect(test.softLabels?.length).toBe(500);
          const seen = new Set(
            [train, test].flatMap(({ images, labels }) =>
              Array.from(labels, (_, i) =>
                Buffer.from(images.subarray(i * 3072, i * 3072 + 3072)).toString('base64'),
              ),
            ),
          );
          const all = await cifar10(archive, { split: 'test' });
          const distinct = new Set(
            Array.from(all.labels, (_, i) =>
              Buffer.from(all.images.subarray(i * 3072, i * 3072 + 3072)).toString('base64'),
            ),
          );
          expect(seen).toEqual(distinct);
          expect((await loadDataset('cifar10h', { ...options, limit: 7 })).labels.length).toBe(7);
        },
      );
    }));

  test('has nothing to train on in CIFAR-10.1', async () => {
    await expect(loadDataset('cifar10.1')).rejects.toThrow(
      new RangeError("loadDataset: cifar10.1 has but a part to test on, asked for 'train'"),
    );
  });

  test('reads CIFAR-10.1 by name', () =>
    withFolder(async (folder) => {
      const images = npy(
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 32, 32, 3), }",
        new Uint8Array(2 * 3072).fill(7),
      );
      const labels = npy(
        "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }",
        new Uint8Array(Int32Array.of(3, 4).buffer),
      );
      publish(fileOf('cifar10.1-v4', 0), images);
      publish(fileOf('cifar10.1-v4', 1), labels);
      await writeFiles(folder, { x: Buffer.alloc(0) });
      await withServer(
        (request, response) =>
          give(request.url?.includes('labels') ? labels : images, request, response),
        async ({ url }) => {
          const set = await loadDataset('cifar10.1-v4', { folder, mirror: url, split: 'test' });
          expect(set.labels).toEqual(Uint8Array.of(3, 4));
          expect(set.name).toBe('cifar10.1-v4');
        },
      );
    }));
});
