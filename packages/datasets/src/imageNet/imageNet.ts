import { join } from 'node:path';
import { checkSplit, type Split, show } from '../dataset.js';
import { checkReading, type ReadingOptions } from '../images/decodeAll.js';
import { type DecodeOptions, imageDecoder } from '../images/imageDecoder.js';
import {
  type ImageList,
  isFolder,
  listFiles,
  listFolders,
  listImages,
} from '../images/listImages.js';
import { streamOf } from '../images/streamOf.js';
import type { ExampleStream } from '../stream.js';
import { LABEL_FILES, readSynsets, readValidation, type Synsets } from './synsets.js';

/** Where the images lie below the root, as unpacked from the tars and as Kaggle has them. */
const HOMES = ['', 'ILSVRC/Data/CLS-LOC'];

/** Where the devkit's files and Kaggle's lie below a root or devkit folder. */
const DEVKITS = [
  '',
  'data',
  'ILSVRC2012_devkit_t12/data',
  'ILSVRC2012_devkit_t12',
  'devkit/data',
  'devkit',
];

export interface ImageNetOptions extends DecodeOptions, ReadingOptions {
  /** `'train'` reads `train/`, `'test'` reads `val/`, since the test part has no public labels. Default `'train'`. */
  readonly split?: Split;
  /** The folder of the devkit, where it lies elsewhere. */
  readonly devkit?: string;
}

/** An {@link ExampleStream} whose classes also have WordNet's ids. */
export interface ImageNetStream extends ExampleStream {
  readonly size: number;
  /** WordNet's id of each class, such as `n01440764`. */
  readonly wnids: readonly string[];
}

/**
 * Opens ImageNet (ILSVRC 2012) as it unpacks: `train/<wnid>/…`, and `val/` either by class likewise or flat as in its tar.
 * Kaggle's layout, with `ILSVRC/Data/CLS-LOC` below the root, is found too.
 *
 * Classes are numbered in the order of their WordNet ids, 0 to 999, as everywhere but in the devkit. Their names and
 * the labels of a flat `val/` come from the devkit (`data/meta.mat` and
 * `data/ILSVRC2012_validation_ground_truth.txt`) below the root or at `devkit`, or from Kaggle's
 * `LOC_synset_mapping.txt` and `LOC_val_solution.csv`; names also from `synset_words.txt`. Without any of them the classes
 * are the folders, named by their ids. Images are decoded as {@link imageFolder} says.
 *
 * @param root The folder that holds `train` and `val`.
 * @throws Error when a folder or the labels are missing or damaged, RangeError when there is a class that the list lacks.
 *
 * @example
 * ```js
 * const val = await imageNet('/data/imagenet', { split: 'test', size: 224, cropShare: 224 / 256 });
 * ```
 *
 * @see Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge", 2015; the readme of the devkit.
 */
export async function imageNet(root: string, options: ImageNetOptions): Promise<ImageNetStream> {
  const { split = 'train', devkit } = options;
  if (typeof root !== 'string' || root === '') {
    throw new TypeError(`imageNet: root must be the path of a folder, got ${show(root)}`);
  }
  checkSplit('imageNet', split);
  checkReading('imageNet', options);
  const { decode, shape } = await imageDecoder('imageNet', options);

  const homes = HOMES.map((home) => join(root, home));
  const home = await firstWith(homes, split === 'train' ? 'train' : 'val');
  if (home === undefined) {
    throw new Error(
      `imageNet: ${root} must hold the folder ${split === 'train' ? 'train' : 'val'}, itself or in ILSVRC/Data/CLS-LOC; unpack the tar of that part into it`,
    );
  }
  const folder = join(home, split === 'train' ? 'train' : 'val');
  const places = [...(devkit === undefined ? [] : [devkit]), root].flatMap((place) =>
    DEVKITS.map((below) => join(place, below)),
  );
  const synsets = (await readSynsets(places)) ?? (await ofFolders(join(home, 'train'), folder));
  const byClass = await listFolders(folder);
  const list =
    byClass.length > 0
      ? await listByClass(folder, byClass, synsets)
      : await listFlat(folder, synsets, places);
  if (list.keys.length === 0) throw new Error(`imageNet: ${folder} holds no images`);
  const { wnids, words } = synsets;
  const name = `ImageNet ${split}`;
  const stream = streamOf({
    caller: 'imageNet',
    name,
    folder,
    shape,
    classNames: words,
    ...list,
    decode,
    reading: options,
  });
  return { ...stream, wnids: [...wnids] };
}

async function firstWith(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) if (await isFolder(join(folder, name))) return folder;
  return undefined;
}

/** The classes when no file says what they are: the folders to train on, or those of this part. */
async function ofFolders(train: string, folder: string): Promise<Synsets> {
  const wnids = await listFolders((await isFolder(train)) ? train : folder);
  return { wnids, words: wnids, byNumber: new Map() };
}

async function listByClass(
  folder: string,
  found: readonly string[],
  { wnids }: Synsets,
): Promise<ImageList> {
  const known = new Set(wnids);
  const strange = found.find((name) => !known.has(name));
  if (strange !== undefined) {
    throw new RangeError(
      `imageNet: the folders of ${folder} must be among the ${wnids.length} classes, got '${strange}'`,
    );
  }
  const present = new Set(found);
  return listImages(
    folder,
    wnids.map((wnid) => (present.has(wnid) ? wnid : undefined)),
  );
}

async function listFlat(
  folder: string,
  synsets: Synsets,
  places: readonly string[],
): Promise<ImageList> {
  const classOf = await readValidation(places, synsets);
  if (!classOf) {
    throw new Error(
      `imageNet: ${folder} is flat, so its labels are needed: ${LABEL_FILES}; put them beside it, or give the devkit's folder as devkit`,
    );
  }
  const ids = new Map(synsets.wnids.map((wnid, id) => [wnid, id]));
  const keys = await listFiles(folder);
  const labels = Int32Array.from(keys, (key) => {
    const id = ids.get(classOf(key) ?? '');
    if (id === undefined) {
      throw new RangeError(`imageNet: the labels must tell the class of ${join(folder, key)}`);
    }
    return id;
  });
  return { keys, labels };
}
