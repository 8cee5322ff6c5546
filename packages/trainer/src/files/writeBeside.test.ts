import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBeside } from './writeBeside.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-file-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('writeBeside writes a file and replaces it', async () => {
  const path = join(root, 'a.json');
  await writeBeside(path, 'old and long');
  await writeBeside(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(root)).toEqual(['a.json']);
});

test('writeBeside leaves nothing behind where it fails', async () => {
  mkdirSync(join(root, 'a.json', 'in the way'), { recursive: true });
  await expect(writeBeside(join(root, 'a.json'), 'new')).rejects.toThrow(
    /E(ISDIR|EXIST|NOTEMPTY|PERM)/,
  );
  expect(readdirSync(root)).toEqual(['a.json']);
  await expect(writeBeside(join(root, 'none', 'a.json'), 'new')).rejects.toThrow('ENOENT');
});
