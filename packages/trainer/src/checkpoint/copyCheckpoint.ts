import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderFs, replaceFolder } from '../files/replaceFolder.js';
import { cannotWrite, refuseForeign } from './writeCheckpoint.js';

/**
 * Puts a copy of a checkpoint where another may be. Files that are the same are linked where the file
 * system can: checkpoints are replaced as a whole, so that neither is changed by what becomes of the other.
 */
export async function copyCheckpoint(from: string, folder: string, fs?: FolderFs): Promise<void> {
  await refuseForeign(folder);
  const names = await readdir(from);
  const files = Object.fromEntries(names.map((name) => [name, { sameAs: join(from, name) }]));
  try {
    await replaceFolder(folder, files, fs);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}
