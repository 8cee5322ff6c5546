import { checkCount, checkSplit, type Dataset, type Split, show } from '../dataset.js';
import { type DownloadOptions, download } from '../download/download.js';
import { CIFAR10_BINARY, CIFAR10_PYTHON, type PublishedFile } from '../download/publishedFiles.js';
import { CIFAR10 } from './cifarKind.js';
import { readCifar } from './readCifar.js';

export interface Cifar10Options extends DownloadOptions {
  /** Which part to read. Default `'train'`. */
  readonly split?: Split;
  /** Read this many images at most, the first ones; no more of the files is read than they need. */
  readonly limit?: number;
}

/** The names that stand for the official archives. */
export const CIFAR10_ARCHIVES: ReadonlyMap<string, PublishedFile> = new Map([
  ['cifar10', CIFAR10_BINARY],
  ['cifar10-python', CIFAR10_PYTHON],
]);

/**
 * Reads CIFAR-10, in its binary or its Python version: by name, downloaded once (see {@link download}); the
 * `.tar.gz` or `.tar`, unpacked on the fly; or the folder that it unpacks to.
 *
 * Images come out as `[H, W, C]` bytes, in the order of the files (`data_batch_1` .. `data_batch_5`, or
 * `test_batch`). Without `limit` all files of the split must be there. Class names are those of
 * `batches.meta.txt` or `batches.meta` when it is met, else the well-known ones. The pickles of the Python
 * version are read as data; one that names anything to run is refused.
 *
 * @param source `'cifar10'` or `'cifar10-python'`; the archive; the folder with the files, or the folder
 * above it.
 * @throws Error when the files are missing, cut short or of another format, or the download fails: the
 * message names the file, what came and what to do.
 *
 * @example
 * ```js
 * const train = await cifar10('cifar10', { limit: 5000 });
 * const test = await cifar10('cifar-10-binary.tar.gz', { split: 'test' });
 * ```
 *
 * @see Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
 */
export async function cifar10(source: string, options: Cifar10Options = {}): Promise<Dataset> {
  const { split = 'train', limit = Number.POSITIVE_INFINITY } = options;
  if (typeof source !== 'string' || source === '') {
    throw new TypeError(
      `cifar10: source must be the path of a folder or archive, got ${show(source)}`,
    );
  }
  checkSplit('cifar10', split);
  if (limit !== Number.POSITIVE_INFINITY) checkCount('cifar10', 'limit', limit);
  const published = CIFAR10_ARCHIVES.get(source);
  const path = published ? await download(published, options) : source;
  return readCifar(path, { kind: CIFAR10, split, limit });
}
