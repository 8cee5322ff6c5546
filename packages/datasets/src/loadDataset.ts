import { stat } from 'node:fs/promises';
import { cifar10 } from './cifar10.js';
import { type Dataset, type Split, show } from './dataset.js';
import { embedded } from './embedded.js';

export interface LoadDatasetOptions {
  /** Which part. Default `'train'`. */
  readonly split?: Split;
  /** This many images at most, the first ones. */
  readonly limit?: number;
}

/**
 * Reads a data set by name or path: `'embedded'`, or CIFAR-10's archive or folder.
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
      `loadDataset: the data set must be 'embedded', or the path of CIFAR-10's .tar.gz or folder of .bin files, got ${show(source)}, which does not exist`,
    );
  }
  return cifar10(source, options);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
