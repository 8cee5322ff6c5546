import { stat } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import { cifar10 } from './cifar/cifar10.js';
import { cifar100 } from './cifar/cifar100.js';
import { isCifar100 } from './cifar/isCifar100.js';
import { collect } from './collect.js';
import { checkCount, checkSplit, type Dataset, type Split, show } from './dataset.js';
import type { DownloadOptions } from './download/download.js';
import { isImageFolder } from './images/findParts.js';
import { imageFolder } from './images/imageFolder.js';
import { namedDatasets } from './namedDatasets.js';

export interface LoadDatasetOptions extends DownloadOptions {
  /** Which part. Default `'train'`. */
  readonly split?: Split;
  /** This many images at most: the first ones, of an image folder some of all classes. */
  readonly limit?: number;
  /** Side that the images of a folder are resized to, pixels. Default 32, as CIFAR's. */
  readonly imageSize?: number;
}

/**
 * Reads a data set by name, downloading it once, or by path: a name of {@link namedDatasets} such as
 * `'embedded'` or `'cifar10'`; the archive or folder of CIFAR-10 or CIFAR-100; or a folder of images by class
 * (see {@link imageFolder}, which reads what does not fit into memory). What is called as a data set is
 * reached as a path by `./` before it.
 *
 * @throws Error when the source is neither, with the nearest name; RangeError for a part that it does not have.
 *
 * @example
 * ```ts
 * import { loadDataset } from '@bcl/datasets';
 *
 * const test = await loadDataset('embedded', { split: 'test', limit: 20 });
 * test.labels.length; // => 20
 * ```
 */
export async function loadDataset(
  source: string,
  options: LoadDatasetOptions = {},
): Promise<Dataset> {
  const { split = 'train', limit, imageSize = 32 } = options;
  checkSplit('loadDataset', split);
  if (limit !== undefined) checkCount('loadDataset', 'limit', limit);
  const named = namedDatasets.get(source);
  if (named) {
    if (named.splits.includes(split)) return named.load({ ...options, split });
    throw new RangeError(
      `loadDataset: ${source} has but a part to ${named.splits.join()} on, asked for '${split}'`,
    );
  }
  if (typeof source !== 'string' || !(await exists(source))) throw unknown(source);
  if (await isImageFolder(source)) {
    const images = await imageFolder(source, { split, size: imageSize });
    // A folder goes class by class: its first images would be of one class.
    return collect(images, limit === undefined ? {} : { limit, seed: 0 });
  }
  return (await isCifar100(source)) ? cifar100(source, options) : cifar10(source, options);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}

/** The error for a source that is no name and no path. */
function unknown(source: unknown): Error {
  const names = [...namedDatasets.keys()];
  const nearest = closest(String(source).toLowerCase(), names);
  return new Error(
    `loadDataset: the data set must be a name (${names.join(', ')}), or the path of an archive or folder of CIFAR or of a folder of images by class, got ${show(source)}, which does not exist; did you mean '${nearest}'?`,
  );
}
