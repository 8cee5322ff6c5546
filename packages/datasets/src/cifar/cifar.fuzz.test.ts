import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  cifarFiles,
  records,
  records100,
  withFolder,
  writeArchive,
  writeFiles,
} from '../fixtures/cifar.js';
import { fuzz } from '../fixtures/fuzz.js';
import { measured } from '../fixtures/memory.js';
import { unpackLimit } from '../tarMembers.js';
import { cifar10 } from './cifar10.js';
import { cifar100 } from './cifar100.js';
import { readCifarArchive } from './cifarArchive.js';
import {
  binaryBatch,
  type CifarBatch,
  countRecords,
  decodeBatch,
  pythonBatch,
} from './cifarBatch.js';
import { CIFAR10, type CifarKind, cifar100Kind, IMAGE_BYTES } from './cifarKind.js';

// Ten thousand files take their time on a busy machine.
jest.setTimeout(300_000);

// Damaged files are read or refused by the reader's own error; they neither hang it nor fill the memory.

const mebibyte = 2 ** 20;
const hundred = cifar100Kind('fine');
const folder = join(__dirname, '..', 'fixtures', 'pickles');
const pickles = (kind: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}-`) && !name.includes('py2-0'))
    .map((name) => readFileSync(join(folder, name)));
const ours = ({ message }: Error) => /^cifar100?: /.test(message);

function decoded(batch: CifarBatch): void {
  const images = new Uint8Array(batch.count * IMAGE_BYTES);
  decodeBatch(batch, batch.count, { images, labels: new Uint8Array(batch.count), at: 0 });
}

describe('damaged files', () => {
  test('of the binary version are read or refused', async () => {
    const parse = (kind: CifarKind, bytes: Uint8Array) => {
      countRecords(kind, 'file', bytes.length);
      decoded(binaryBatch(kind, 'file', bytes.length, bytes));
    };
    const ten = measured((bytes) => parse(CIFAR10, bytes));
    const fine = measured((bytes) => parse(hundred, bytes));
    const refused =
      (await fuzz([records(3, 0)], ten.read, { count: 6000, seed: 'bin', named: ours })) +
      (await fuzz([records100(3, 0)], fine.read, { count: 6000, seed: 'bin', named: ours }));
    expect(refused).toBeGreaterThan(4000);
    expect(refused).toBeLessThan(12_000);
    expect(Math.max(ten.most(), fine.most())).toBeLessThan(8 * mebibyte);
  });

  test('of the Python version are read or refused', async () => {
    const ten = measured((bytes) => decoded(pythonBatch(CIFAR10, 'file', bytes, 9)));
    const fine = measured((bytes) => decoded(pythonBatch(hundred, 'file', bytes, 9)));
    const refused =
      (await fuzz(pickles('batch'), ten.read, { count: 8000, seed: 'py', named: ours })) +
      (await fuzz(pickles('fine'), fine.read, { count: 3000, seed: 'py', named: ours }));
    expect(refused).toBeGreaterThan(2000);
    expect(refused).toBeLessThan(11_000);
    expect(Math.max(ten.most(), fine.most())).toBeLessThan(8 * mebibyte);
  });

  test('in archives are read or refused', () =>
    withFolder(async (at) => {
      const { 'batches.meta.txt': names = Buffer.alloc(0) } = cifarFiles();
      const path = await writeArchive(join(at, 'c.tar.gz'), [
        [{ name: 'cifar-10-batches-bin/', type: 'directory' }, Buffer.alloc(0)],
        [`${'long'.repeat(40)}/readme.html`, Buffer.from('hello')],
        [{ name: 'batches.meta.txt', pax: { comment: 'names' } }, names],
        ['cifar-10-batches-bin/test_batch.bin', records(1, 0)],
      ]);
      const gz = await readFile(path);
      const tar = gunzipSync(gz);
      const wanted = { kind: CIFAR10, split: 'test', limit: Number.POSITIVE_INFINITY } as const;
      const reading = (gzipped: boolean) =>
        measured((bytes) => {
          const limit = gzipped ? unpackLimit(bytes.length) : bytes.length;
          const options = { where: 'archive', gzipped, limit };
          return readCifarArchive(Readable.from([bytes]), options, wanted);
        });
      const plain = reading(false);
      const packed = reading(true);
      // A bit of a .tar.gz that was flipped is seen by its checksum: the tar in it is damaged, too.
      const repacked = { read: (bytes: Uint8Array) => packed.read(gzipSync(bytes, { level: 1 })) };
      const refused = [
        await fuzz([tar], plain.read, { count: 5000, seed: 'tar', named: ours }),
        await fuzz([tar], repacked.read, { count: 2000, seed: 'tar in gz', named: ours }),
        await fuzz([gz], packed.read, { count: 5000, seed: 'gz', named: ours }),
      ];
      for (const count of refused) expect(count).toBeGreaterThan(1000);
      expect(refused[0]).toBeLessThan(5000);
      expect(Math.max(plain.most(), packed.most())).toBeLessThan(16 * mebibyte);
    }));

  test('on disk are read or refused', () =>
    withFolder(async (at) => {
      const { 'test_batch.bin': batch = Buffer.alloc(0), ...files } = cifarFiles();
      const folders = [join(at, 'bin'), join(at, 'py'), join(at, 'hundred')] as const;
      await writeFiles(folders[0], files);
      await writeFiles(folders[1], {});
      await writeFiles(folders[2], { 'fine_label_names.txt': Buffer.from('few') });
      const cases: [Uint8Array, string, () => Promise<unknown>][] = [
        [batch, join(at, 'bin', 'test_batch.bin'), () => cifar10(folders[0], { split: 'test' })],
        [
          readFileSync(join(folder, 'batch-py3-4.pickle')),
          join(at, 'test_batch'),
          () => cifar10(at, { split: 'test' }),
        ],
        [
          records100(1, 0),
          join(at, 'hundred', 'test.bin'),
          () => cifar100(folders[2], { split: 'test' }),
        ],
        [gzipSync(records(1, 0)), join(at, 'c.tar.gz'), () => cifar10(join(at, 'c.tar.gz'))],
      ];
      for (const [original, path, read] of cases) {
        const written = async (bytes: Uint8Array) => {
          await writeFile(path, bytes);
          await read();
        };
        const refused = await fuzz([original], written, {
          count: 150,
          seed: path.slice(at.length),
          named: ours,
        });
        expect(refused).toBeGreaterThan(20);
      }
    }));
});
