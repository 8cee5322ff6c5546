import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBeside } from './writeBeside.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bcl-beside-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeBeside', () => {
  test('lets many write one file at once, each of them whole', async () => {
    const path = join(folder, 'table.md');
    const texts = Array.from({ length: 20 }, (_, i) => `${i} `.repeat(1000));
    await Promise.all(texts.map((text) => writeBeside(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(folder)).toEqual(['table.md']);
  });

  test('leaves nothing, and names the file, where it cannot be written', async () => {
    const path = join(folder, 'no', 'table.md');
    await expect(writeBeside(path, 'text')).rejects.toThrow(`${path} cannot be written: ENOENT`);
    expect(readdirSync(folder)).toEqual([]);
  });
});
