import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../dataset.js';
import { isFolder, isImage, listFolders } from './listImages.js';

/** What the folders of the two parts are called; the first that is there counts. */
export const PART_FOLDERS: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  test: ['test', 'val', 'valid', 'validation'],
};

/** The folders that hold the class folders of each part. A folder without parts is all to train on. */
export async function findParts(root: string): Promise<Partial<Record<Split, string>>> {
  const found: Partial<Record<Split, string>> = {};
  for (const split of ['train', 'test'] as const) {
    for (const name of PART_FOLDERS[split]) {
      const folder = join(root, name);
      if (found[split] || !(await isFolder(folder))) continue;
      if ((await listFolders(folder)).length > 0) found[split] = folder;
    }
  }
  return found.train || found.test ? found : { train: root };
}

/** Whether a folder is laid out as `imageFolder` reads it: some class folder holds an image. */
export async function isImageFolder(root: string): Promise<boolean> {
  if (!(await isFolder(root))) return false;
  for (const part of Object.values(await findParts(root))) {
    for (const name of await listFolders(part)) {
      if ((await readdir(join(part, name))).some(isImage)) return true;
    }
  }
  return false;
}
