import { checkSplit, type Split, show } from '../dataset.js';
import type { ExampleStream } from '../stream.js';
import { checkClassNames, readClassNames, writeClassNames } from './classNames.js';
import { checkReading, type ReadingOptions } from './decodeAll.js';
import { findParts, PART_FOLDERS } from './findParts.js';
import { type DecodeOptions, imageDecoder } from './imageDecoder.js';
import { isFolder, listFolders, listImages } from './listImages.js';
import { streamOf } from './streamOf.js';

export interface ImageFolderOptions extends DecodeOptions, ReadingOptions {
  /** Which part, where the folder has parts. Default `'train'`. */
  readonly split?: Split;
  /** The classes, in the order of their numbers; folders of other names are refused. */
  readonly classNames?: readonly string[];
  /**
   * A JSON file with the class names. It is read where it is there, and written where it is not: so a class keeps
   * its number when others are added, lost or renamed.
   */
  readonly classFile?: string;
}

/**
 * Opens a folder with a folder of images for each class, `root/train/<class>/…` and `root/test/<class>/…` (or `val`),
 * or `root/<class>/…` alone. Images are JPEG, PNG and WebP files, in the class's folder or deeper.
 *
 * Without `classNames` and `classFile` the classes are the folders of the training part, in the order of their
 * code units, for both parts. Files are listed once, here; they are read when a loop asks for them, and decoded and
 * resized ahead of it by `sharp` in Node's pool of threads. That pool has 4 threads unless `UV_THREADPOOL_SIZE` is set
 * before Node starts: set it to the number of cores where there are more.
 *
 * @param root The folder.
 * @returns A stream; an example's key is its path from the folder of the part, such as `cat/17.jpg`.
 * @throws Error when there are no such folders or images in them or `sharp` is not installed, RangeError when a
 * folder is none of the classes. A loop over the stream throws when an image cannot be read, unless `onUnreadable` is given.
 *
 * @example
 * ```js
 * const train = await imageFolder('pets', { size: 64, classFile: 'pets.json' });
 * for await (const { image, label, key } of train.open({ epoch: 0, seed: 1 })) …
 * ```
 */
export async function imageFolder(
  root: string,
  options: ImageFolderOptions,
): Promise<ExampleStream & { readonly size: number }> {
  const { split = 'train', classNames, classFile } = options;
  if (typeof root !== 'string' || root === '') {
    throw new TypeError(`imageFolder: root must be the path of a folder, got ${show(root)}`);
  }
  checkSplit('imageFolder', split);
  checkReading('imageFolder', options);
  if (classNames && classFile) {
    throw new TypeError('imageFolder: give classNames or classFile, not both');
  }
  if (classNames) checkClassNames('imageFolder', 'classNames', classNames);
  const { decode, shape } = await imageDecoder('imageFolder', options);

  await checkRoot(root);
  const folders = await findParts(root);
  const folder = folders[split];
  if (folder === undefined) {
    const names = PART_FOLDERS[split].join(', ');
    throw new Error(
      `imageFolder: ${root} has no part to ${split} on: expected ${names} with a folder for each class`,
    );
  }
  const found = await listFolders(folder);
  const saved =
    classFile === undefined ? undefined : await readClassNames('imageFolder', classFile);
  const names = classNames ?? saved ?? (await listFolders(folders.train ?? folder));
  const strange = found.find((name) => !names.includes(name));
  if (strange !== undefined) {
    const list = saved ? classFile : classNames ? 'classNames' : `${folders.train}`;
    throw new RangeError(
      `imageFolder: the folders of ${folder} must be classes of ${list}, got '${strange}'; add it at the end of the list, or remove the folder`,
    );
  }
  const present = new Set(found);
  const list = await listImages(
    folder,
    names.map((name) => (present.has(name) ? name : undefined)),
  );
  if (list.keys.length === 0) {
    throw new Error(
      `imageFolder: the class folders of ${folder} hold no .jpg, .png or .webp files`,
    );
  }
  if (classFile !== undefined && !saved) await writeClassNames(classFile, names);
  return streamOf({
    caller: 'imageFolder',
    name: root,
    folder,
    shape,
    classNames: names,
    ...list,
    decode,
    reading: options,
  });
}

/** Refuses a root that is no folder of folders. */
async function checkRoot(root: string): Promise<void> {
  const wanted = 'give a folder with a folder of images for each class';
  if (!(await isFolder(root))) {
    throw new Error(`imageFolder: ${root} does not exist or is no folder; ${wanted}`);
  }
  if ((await listFolders(root)).length === 0) {
    throw new Error(`imageFolder: ${root} holds no folders; ${wanted}`);
  }
}
