import { stat } from 'node:fs/promises';
import { cifar10 } from './cifar/cifar10.js';
import { collect } from './collect.js';
import { type Dataset, type Split, show } from './dataset.js';
import { embedded } from './embedded.js';
import { isImageFolder } from './images/findParts.js';
import { imageFolder } from './images/imageFolder.js';

export interface LoadDatasetOptions {
  /** Which part. Default `'train'`. */
  readonly split?: Split;
  /** This many images at most: the first ones, of an image folder some of all classes. */
  readonly limit?: number;
  /** Side that the images of a folder are resized to, pixels. Default 32, as CIFAR's. */
  readonly imageSize?: number;
}

/**
 * Reads a data set by name or path: `'embedded'`, CIFAR-10's archive or folder, or a folder of images by class
 * (see {@link imageFolder}, which reads what does not fit into memory).
 *
 * @throws Error when the source is neither, naming what it can be.
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
  const { split = 'train', limit } = options;
  if (source === 'embedded') {
    return embedded({ split, ...(limit === undefined ? {} : { size: limit }) });
  }
  if (typeof source !== 'string' || !(await exists(source))) {
    throw new Error(
      `loadDataset: the data set must be 'embedded', or the path of CIFAR-10's .tar.gz or folder of .bin files or of a folder of images by class, got ${show(source)}, which does not exist`,
    );
  }
  if (await isImageFolder(source)) {
    const { imageSize = 32 } = options;
    const images = await imageFolder(source, { split, size: imageSize });
    // A folder goes class by class: its first images would be of one class.
    return collect(images, limit === undefined ? {} : { limit, seed: 0 });
  }
  return cifar10(source, options);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
