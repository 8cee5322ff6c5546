import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextFreeFolder } from './nextFreeFolder.js';

test('nextFreeFolder counts on past the folders that are there', () => {
  const parent = mkdtempSync(join(tmpdir(), 'bcl-cli-'));
  expect(nextFreeFolder(parent, 'run')).toBe(join(parent, 'run-1'));
  mkdirSync(join(parent, 'run-1'));
  mkdirSync(join(parent, 'run-2'));
  expect(nextFreeFolder(parent, 'run')).toBe(join(parent, 'run-3'));
  expect(nextFreeFolder(parent, 'other')).toBe(join(parent, 'other-1'));
  rmSync(parent, { recursive: true });
});
