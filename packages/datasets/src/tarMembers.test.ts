import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Header } from 'tar-stream';
import { cifar10 } from './cifar/cifar10.js';
import { withFolder, writeArchive } from './fixtures/cifar.js';
import { failure } from './fixtures/failure.js';
import { tarMembers, unpackLimit } from './tarMembers.js';

const mebibyte = 2 ** 20;

/** The names and bytes of an archive's members. */
async function read(
  archive: Readable,
  options: { gzipped?: boolean; limit?: number } = {},
): Promise<[string, string][]> {
  const members: [string, string][] = [];
  const { gzipped = false, limit = mebibyte } = options;
  for await (const { path, content } of tarMembers(archive, {
    caller: 'reader',
    where: 'a.tar',
    gzipped,
    limit,
  })) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    members.push([path, Buffer.concat(pieces).toString()]);
  }
  return members;
}

/** An archive of one member of some kind, then a file. */
const archiveOf = async (folder: string, header: Partial<Header> & { name: string }) =>
  createReadStream(
    await writeArchive(join(folder, 'a.tar'), [
      [header, Buffer.alloc(0)],
      ['good', Buffer.from('bytes')],
    ]),
  );

describe('tarMembers', () => {
  test.each([false, true])(
    'gives files with their bytes and passes over folders, gzipped %p',
    (gzipped) =>
      withFolder(async (folder) => {
        const path = await writeArchive(join(folder, gzipped ? 'a.tar.gz' : 'a.tar'), [
          [{ name: 'set/', type: 'directory' }, Buffer.alloc(0)],
          ['set/one', Buffer.from('1')],
          ['set/./empty', Buffer.alloc(0)],
          [`set/${'long'.repeat(60)}`, Buffer.alloc(100_000, 'x')],
          ['set/..two', Buffer.from('2')],
        ]);
        expect(await read(createReadStream(path), { gzipped })).toEqual([
          ['set/one', '1'],
          ['set/./empty', ''],
          [`set/${'long'.repeat(60)}`, 'x'.repeat(100_000)],
          ['set/..two', '2'],
        ]);
      }),
  );

  test('skips what is left unread, and can be left', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'a.tar.gz'), [
        ['large', Buffer.alloc(mebibyte / 2)],
        ['small', Buffer.from('s')],
        ['last', Buffer.from('l')],
      ]);
      const archive = createReadStream(path);
      const names: string[] = [];
      const options = { caller: 'reader', where: path, gzipped: true, limit: mebibyte };
      for await (const member of tarMembers(archive, options)) {
        names.push(member.path);
        if (names.length === 2) break;
      }
      expect(names).toEqual(['large', 'small']);
      expect(archive.destroyed).toBe(true);
    }));

  test.each<[Partial<Header> & { name: string }, string]>([
    [
      { name: 'l', type: 'symlink', linkname: '/etc/passwd' },
      "a symlink to '/etc/passwd' named 'l'",
    ],
    [{ name: 'l', type: 'link', linkname: 'good' }, "a link to 'good' named 'l'"],
    [{ name: 'd', type: 'character-device' }, "a character-device named 'd'"],
    [{ name: 'd', type: 'block-device' }, "a block-device named 'd'"],
    [{ name: 'f', type: 'fifo' }, "a fifo named 'f'"],
  ])('refuses what is no file, %p', (header, what) =>
    withFolder(async (folder) => {
      expect(await failure(read(await archiveOf(folder, header)))).toBe(
        `reader: a.tar must hold files and folders alone, got ${what}`,
      );
    }),
  );

  test.each([
    '../up',
    'a/../../up',
    '/etc/cron.d/x',
    '\\windows\\x',
    'C:\\x',
    'c:x',
    'a\\..\\x',
    '..',
  ])('refuses a path that leads out of the archive, %p', (name) =>
    withFolder(async (folder) => {
      // A file, or a folder where tar-stream writes no file of that name.
      expect(await failure(read(await archiveOf(folder, { name, type: 'directory' })))).toContain(
        'reader: a.tar must hold paths inside of it alone, got ',
      );
    }),
  );

  test('refuses a type that it does not know', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'a.tar'), [['good', Buffer.from('bytes')]]);
      const bytes = await readFile(path);
      // Type 9, and the header's sum, in octal, larger by the nine.
      bytes[156] = (bytes[156] as number) + 9;
      const sum = Number.parseInt(bytes.toString('latin1', 148, 154), 8) + 9;
      bytes.write(sum.toString(8).padStart(6, '0'), 148);
      expect(await failure(read(Readable.from([bytes])))).toContain(
        "got a member of unknown type named 'good'",
      );
    }));

  test('stops at the limit, whatever a member claims', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'a.tar'), [['good', Buffer.alloc(5000)]]);
      const tar = await readFile(path);
      const bomb = gzipSync(tar);
      const options = { gzipped: true, limit: tar.length };
      expect(await read(Readable.from([bomb]), options)).toHaveLength(1);
      expect(
        await failure(read(Readable.from([bomb]), { ...options, limit: tar.length - 1 })),
      ).toBe(
        `reader: a.tar unpacks to more than ${tar.length - 1} bytes, the limit for an archive of its size; is it a decompression bomb? Unpack it yourself and give the folder`,
      );
    }));

  test('holds a real decompression bomb to 64 MiB and a hundred times its size', () =>
    withFolder(async (folder) => {
      // A record file of 1 GiB by its header; then zeros, 16 MiB in 16 KiB, as many times as that takes.
      const header = await readFile(
        await writeArchive(join(folder, 'h.tar'), [['data_batch_1.bin', Buffer.alloc(3073)]]),
      );
      const size = 3073 * 349_408;
      header.write(`${size.toString(8).padStart(11, '0')} `, 124);
      header.fill(32, 148, 156);
      const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      const zeros = gzipSync(Buffer.alloc(16 * mebibyte));
      const bomb = [gzipSync(header.subarray(0, 512)), ...new Array<Buffer>(64).fill(zeros)];
      const path = join(folder, 'bomb.tar.gz');
      await writeFile(path, Buffer.concat(bomb));
      const limit = unpackLimit((await stat(path)).size);
      expect(limit).toBeLessThan(180 * mebibyte);
      const before = process.memoryUsage().arrayBuffers;
      expect(await failure(cifar10(path))).toBe(
        `cifar10: ${path} unpacks to more than ${limit} bytes, the limit for an archive of its size; is it a decompression bomb? Unpack it yourself and give the folder`,
      );
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * limit);
    }));

  test('tells damage by the member after which it comes', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'a.tar'), [
        ['one', Buffer.from('1')],
        ['two', Buffer.from('2')],
      ]);
      const tar = await readFile(path);
      expect(await failure(read(Readable.from([tar.subarray(0, 1200)])))).toBe(
        'reader: cannot unpack a.tar after one: Unexpected end of data; the file is damaged or incomplete, download it again',
      );
      const gz = gzipSync(tar);
      expect(gunzipSync(gz)).toEqual(tar);
      gz[gz.length - 6] = (gz[gz.length - 6] as number) ^ 1;
      expect(await failure(read(Readable.from([gz]), { gzipped: true }))).toContain(
        'incorrect data check',
      );
      const broken = new Readable({ read: () => broken.destroy(new Error('EIO')) });
      expect(await failure(read(broken))).toContain('cannot unpack a.tar after the start: EIO');
    }));
});
