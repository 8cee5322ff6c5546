import { checkCount, checkSplit, type Dataset, type Split, show } from '../dataset.js';
import { type DownloadOptions, download } from '../download/download.js';
import {
  CIFAR100_BINARY,
  CIFAR100_PYTHON,
  type PublishedFile,
} from '../download/publishedFiles.js';
import { cifar100Kind } from './cifarKind.js';
import { readCifar } from './readCifar.js';

export interface Cifar100Options extends DownloadOptions {
  /** Which part to read. Default `'train'`. */
  readonly split?: Split;
  /** Read this many images at most, the first ones; no more of the files is read than they need. */
  readonly limit?: number;
  /** The hundred classes, or the twenty superclasses. Default `'fine'`. */
  readonly labels?: 'fine' | 'coarse';
}

/** The names that stand for the official archives. */
export const CIFAR100_ARCHIVES: ReadonlyMap<string, PublishedFile> = new Map([
  ['cifar100', CIFAR100_BINARY],
  ['cifar100-python', CIFAR100_PYTHON],
]);

/**
 * Reads CIFAR-100, in its binary or its Python version: by name, downloaded once (see {@link download}); the
 * `.tar.gz` or `.tar`, unpacked on the fly; or the folder that it unpacks to.
 *
 * Images come out as `[H, W, C]` bytes, in the order of the file. Class names are those of the version's own
 * list when it is met, else the well-known ones.
 *
 * @param source `'cifar100'` or `'cifar100-python'`; the archive; the folder with the files, or the folder
 * above it.
 * @throws Error when the files are missing, cut short or of another format, or the download fails: the
 * message names the file, what came and what to do.
 *
 * @example
 * ```js
 * const train = await cifar100('cifar100');
 * const superclasses = await cifar100('cifar-100-python.tar.gz', { labels: 'coarse', split: 'test' });
 * ```
 *
 * @see Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
 */
export async function cifar100(source: string, options: Cifar100Options = {}): Promise<Dataset> {
  const { split = 'train', limit = Number.POSITIVE_INFINITY, labels = 'fine' } = options;
  if (typeof source !== 'string' || source === '') {
    throw new TypeError(
      `cifar100: source must be the path of a folder or archive, got ${show(source)}`,
    );
  }
  checkSplit('cifar100', split);
  if (labels !== 'fine' && labels !== 'coarse') {
    throw new RangeError(`cifar100: labels must be 'fine' or 'coarse', got ${show(labels)}`);
  }
  if (limit !== Number.POSITIVE_INFINITY) checkCount('cifar100', 'limit', limit);
  const published = CIFAR100_ARCHIVES.get(source);
  const path = published ? await download(published, options) : source;
  return readCifar(path, { kind: cifar100Kind(labels), split, limit });
}
