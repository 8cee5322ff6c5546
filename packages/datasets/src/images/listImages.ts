import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** What an image's name ends in. */
const IMAGE = /\.(jpe?g|png|webp)$/i;

/** Folders that are listed at the same time. */
const TOGETHER = 16;

/** The images of some classes, class after class. */
export interface ImageList {
  /** Paths from the root, with `/`, in the order of their code units within a class. */
  readonly keys: readonly string[];
  readonly labels: Int32Array;
}

/** The folders in a folder, links to folders included, hidden ones not; in the order of their code units. */
export async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry) => {
        const is = entry.isSymbolicLink()
          ? await isFolder(join(folder, entry.name))
          : entry.isDirectory();
        return is ? [entry.name] : [];
      }),
  );
  return found.flat().sort();
}

/** The images below `root/folders[i]`, of class i; `undefined` stands for a class without a folder. */
export async function listImages(
  root: string,
  folders: readonly (string | undefined)[],
): Promise<ImageList> {
  const byClass: string[][] = new Array(folders.length);
  const queue = folders.entries();
  const work = async () => {
    for (const [id, folder] of queue) {
      byClass[id] = folder === undefined ? [] : await imagesBelow(root, folder);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  const keys = byClass.flat();
  const labels = new Int32Array(keys.length);
  let at = 0;
  byClass.forEach((images, id) => {
    labels.fill(id, at, at + images.length);
    at += images.length;
  });
  return { keys, labels };
}

/** Names, with the folder's own before them. Links to files are followed, links to folders further in are not. */
async function imagesBelow(root: string, folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((name) => isImage(name))
    .map((name) => `${folder}/${sep === '/' ? name : name.replaceAll(sep, '/')}`)
    .sort();
}

/** The images in a folder itself, in the order of their code units. */
export async function listFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(isImage).sort();
}

/** Whether a path is that of an image, by its ending; hidden files are none. */
export function isImage(path: string): boolean {
  return IMAGE.test(path) && !/(^|[\\/])\.[^\\/]*$/.test(path);
}

/** Whether there is a folder of this path. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
