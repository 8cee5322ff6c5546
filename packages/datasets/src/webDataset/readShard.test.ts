import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withFolder, writeArchive } from '../fixtures/cifar.js';
import { fuzz } from '../fixtures/fuzz.js';
import { measured } from '../fixtures/memory.js';
import { writeShards } from '../fixtures/shards.js';
import { groupMembers } from './readShard.js';

const options = { caller: 'f', maxMemberBytes: 2 ** 20 };

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 4096, limit = 2 ** 24) {
  const found: [string, string[], number][] = [];
  for await (const { key, members } of groupMembers(
    'a.tar',
    inPieces(bytes, size),
    limit,
    options,
  )) {
    const sizes = [...members.values()].map(({ length }) => length);
    found.push([key, [...members.keys()], sizes.reduce((sum, length) => sum + length, 0)]);
  }
  return found;
}

const archive = (counts: number[]) =>
  withFolder(async (folder) => {
    await writeShards(folder, counts);
    return readFile(join(folder, 's-000.tar'));
  });

describe('groupMembers', () => {
  test.each([1, 3, 511, 100_000])(
    'groups members whatever pieces come, of %i bytes',
    async (size) => {
      const tar = await archive([3]);
      const expected = await read(tar, tar.length);
      expect(expected.map(([key, kinds]) => [key, kinds])).toEqual(
        ['0000', '0001', '0002'].map((key) => [key, ['png', 'cls']]),
      );
      expect(await read(tar, size)).toEqual(expected);
      expect(await read(gzipSync(tar), size)).toEqual(expected);
    },
  );

  test('stops a decompression bomb at the limit, and takes no more than a member may have', () =>
    withFolder(async (folder) => {
      const path = await writeArchive(join(folder, 'bomb.tar.gz'), [
        ['a.png', Buffer.alloc(2 ** 22)],
        ['a.bin', Buffer.alloc(2 ** 24)],
      ]);
      const bomb = await readFile(path);
      expect(bomb.length).toBeLessThan(30_000);
      await expect(read(bomb)).rejects.toThrow('f: a.tar unpacks to more than 16777216 bytes');
      const small = await read(bomb, 4096, 2 ** 25);
      expect(small).toEqual([
        ['a', ['png'], 'a.png has 4194304 bytes, more than the 1048576 of maxMemberBytes'.length],
      ]);
    }));

  test('holds nothing of what a header claims and the archive does not have', async () => {
    const tar = Buffer.from(await archive([1]));
    // 512 KiB by the header, in octal, and its checksum made right.
    tar.write('00002000000 ', 124);
    tar.fill(' ', 148, 156);
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await expect(read(tar)).rejects.toThrow('f: cannot unpack a.tar after the start: ');
  });

  test('reads or refuses ten thousand damaged archives', async () => {
    const tar = await archive([2]);
    const named = ({ message }: Error) => message.startsWith('f: ');
    const memory = measured((bytes) => read(bytes));
    const plain = await fuzz([tar], memory.read, { count: 8000, seed: 'tar', named });
    expect(plain).toBeGreaterThan(2000);
    expect(plain).toBeLessThan(8000);
    const packed = await fuzz([gzipSync(tar)], memory.read, {
      count: 2000,
      seed: 'tar.gz',
      named,
    });
    expect(packed).toBeGreaterThan(1000);
    expect(memory.most()).toBeLessThan(16 * 2 ** 20);
  });
});
