import { promises } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The few calls of `node:fs/promises` that a folder is replaced with. */
export type FolderFs = Pick<
  typeof promises,
  'copyFile' | 'link' | 'mkdir' | 'open' | 'rename' | 'rm' | 'stat'
>;

/** What a file is to hold: bytes, text, or what another file holds, which is linked where it can be. */
export type FileContent = Uint8Array | string | { sameAs: string };

/**
 * Replaces a folder of files as a whole: whatever happens on the way, a full disk or a kill, what
 * `findFolder` then finds is all of the old files or all of the new ones.
 *
 * The files go to a sibling, `<folder>.writing`, and onto the disk (fsync); then the old folder is
 * renamed to `<folder>.previous`, the sibling takes its name, and the old one is removed. Between
 * the two renames only `<folder>.previous` is there, which is why `findFolder` looks there too.
 *
 * @param files Contents under their names.
 */
export async function replaceFolder(
  folder: string,
  files: Record<string, FileContent>,
  fs: FolderFs = promises,
): Promise<void> {
  const { writing, previous } = siblings(folder);
  await fs.mkdir(dirname(writing), { recursive: true });
  // A kill between the two renames of an earlier call: that folder is the good one.
  if (!(await exists(folder, fs)) && (await exists(previous, fs))) {
    await fs.rename(previous, folder);
  }
  await fs.rm(writing, { recursive: true, force: true });
  try {
    await fs.mkdir(writing);
    for (const [name, content] of Object.entries(files)) {
      await writeSynced(join(writing, name), content, fs);
    }
    await syncFolder(writing, fs);
    await swap(folder, fs);
  } catch (error) {
    await fs.rm(writing, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(writing), fs);
  // The new folder is in place; what is left over is only space.
  await fs.rm(previous, { recursive: true, force: true }).catch(() => {});
}

/** Where the files of a replaced folder are: in it, or beside it after a kill; null when nowhere. */
export async function findFolder(folder: string, fs: FolderFs = promises): Promise<string | null> {
  const { previous } = siblings(folder);
  if (await exists(folder, fs)) return folder;
  return (await exists(previous, fs)) ? previous : null;
}

function siblings(folder: string): { writing: string; previous: string } {
  const full = resolve(folder);
  return { writing: `${full}.writing`, previous: `${full}.previous` };
}

async function swap(folder: string, fs: FolderFs): Promise<void> {
  const { writing, previous } = siblings(folder);
  if (!(await exists(folder, fs))) return fs.rename(writing, folder);
  await fs.rm(previous, { recursive: true, force: true });
  await fs.rename(folder, previous);
  try {
    await fs.rename(writing, folder);
  } catch (error) {
    await fs.rename(previous, folder);
    throw error;
  }
}

async function writeSynced(path: string, content: FileContent, fs: FolderFs): Promise<void> {
  const written = typeof content === 'string' || content instanceof Uint8Array;
  if (!written && (await linked(content.sameAs, path, fs))) return;
  if (!written) await fs.copyFile(content.sameAs, path);
  const file = await fs.open(path, written ? 'w' : 'r+');
  try {
    if (written) await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file a second name, where the file system can: its bytes are on the disk already. */
async function linked(from: string, to: string, fs: FolderFs): Promise<boolean> {
  return fs.link(from, to).then(
    () => true,
    () => false,
  );
}

/** Makes the names in a folder last; Windows has no such call and needs none. */
async function syncFolder(folder: string, fs: FolderFs): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string, fs: FolderFs): Promise<boolean> {
  return fs.stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
