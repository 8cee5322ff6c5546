import { mkdtempSync, promises, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failing } from '../testing/failingFs.js';
import { findFolder, replaceFolder } from './replaceFolder.js';

// Many files are put on the disk for good, which a busy disk takes its time for.
jest.setTimeout(60_000);

const before = { 'a.bin': 'old a', 'b.json': 'old b' };
const after = { 'a.bin': 'the new a, longer', 'b.json': 'the new b, longer' };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** All files of a folder with their contents. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Every call at which a replacement can fail. */
async function countCalls(): Promise<number> {
  const folder = join(root, 'count');
  await replaceFolder(folder, before);
  const { fs, calls } = failing(Number.POSITIVE_INFINITY, 'kill');
  await replaceFolder(folder, after, fs);
  return calls();
}

describe('replaceFolder', () => {
  test('writes a folder and leaves nothing else', async () => {
    const folder = join(root, 'deep', 'checkpoint');
    await replaceFolder(folder, before);
    expect(contents(folder)).toEqual(before);
    expect(readdirSync(join(root, 'deep'))).toEqual(['checkpoint']);
  });

  test('replaces all files of the old folder', async () => {
    const folder = join(root, 'checkpoint');
    await replaceFolder(folder, { ...before, 'gone.txt': 'x' });
    await replaceFolder(folder, after);
    expect(contents(folder)).toEqual(after);
    expect(readdirSync(root)).toEqual(['checkpoint']);
  });

  test.each(['full disk', 'kill'] as const)(
    'leaves all of the old or all of the new files at whichever call a %s comes',
    async (mode) => {
      const calls = await countCalls();
      expect(calls).toBeGreaterThan(12);
      const seen = new Set<string>();
      for (let n = 1; n <= calls; n++) {
        const folder = join(root, `at-${n}`);
        await replaceFolder(folder, before);
        await replaceFolder(folder, after, failing(n, mode).fs).catch(() => {});
        const found = await findFolder(folder);
        const files = contents(found as string);
        seen.add(JSON.stringify(files));
        // The next one works, whatever the failure left behind.
        await replaceFolder(folder, { c: 'third' });
        expect(contents(folder)).toEqual({ c: 'third' });
        expect(readdirSync(root).filter((name) => name.startsWith(`at-${n}.`))).toEqual([]);
      }
      expect(seen).toEqual(new Set([JSON.stringify(before), JSON.stringify(after)]));
    },
  );

  test.each(['full disk', 'kill'] as const)(
    'takes files over from another folder, and leaves both whole at whichever call a %s comes',
    async (mode) => {
      const source = join(root, 'source');
      await replaceFolder(source, after);
      const same = Object.fromEntries(
        Object.keys(after).map((name) => [name, { sameAs: join(source, name) }]),
      );
      const folder = join(root, 'copy');
      const seen = new Set<string>();
      for (let n = 1; n <= 24; n++) {
        await replaceFolder(folder, before);
        await replaceFolder(folder, same, failing(n, mode).fs).catch(() => {});
        seen.add(JSON.stringify(contents((await findFolder(folder)) as string)));
        expect(contents(source)).toEqual(after);
      }
      expect(seen).toEqual(new Set([JSON.stringify(before), JSON.stringify(after)]));
      // Neither is changed by what becomes of the other.
      await replaceFolder(folder, same);
      await replaceFolder(source, before);
      expect(contents(folder)).toEqual(after);
    },
  );

  test('copies files where the file system has no links', async () => {
    const source = join(root, 'source');
    await replaceFolder(source, before);
    const folder = join(root, 'copy');
    const fs = { ...promises, link: () => Promise.reject(new Error('EPERM')) };
    await replaceFolder(folder, { 'a.bin': { sameAs: join(source, 'a.bin') } }, fs);
    expect(contents(folder)).toEqual({ 'a.bin': before['a.bin'] });
    expect(statSync(join(folder, 'a.bin')).nlink).toBe(1);
  });

  test('reports a full disk', async () => {
    const { fs } = failing(8, 'full disk');
    await expect(replaceFolder(join(root, 'checkpoint'), before, fs)).rejects.toThrow('ENOSPC');
  });

  test('does not mind what a killed writer left beside the folder', async () => {
    const folder = join(root, 'checkpoint');
    await replaceFolder(folder, before);
    await mkdir(`${folder}.writing`);
    await writeFile(join(`${folder}.writing`, 'a.bin'), 'trunc');
    expect(await findFolder(folder)).toBe(folder);
    await replaceFolder(folder, after);
    expect(contents(folder)).toEqual(after);
  });
});

describe('findFolder', () => {
  test('is null where nothing was ever written', async () => {
    expect(await findFolder(join(root, 'nothing'))).toBeNull();
  });
});
