import { checkCount, type Dataset, show } from '../dataset.js';
import { type DownloadOptions, download } from '../download/download.js';
import { CIFAR10H_PROBS } from '../download/publishedFiles.js';
import { type NpyArray, readNpyFile } from '../python/readNpy.js';
import { cifar10 } from './cifar10.js';
import { findFile } from './findFile.js';

export interface Cifar10hOptions extends DownloadOptions {
  /** CIFAR-10, whose test images these labels are for: a source as {@link cifar10} takes it. Default `'cifar10'`. */
  readonly images?: string;
  /** Read this many images at most, the first ones. */
  readonly limit?: number;
}

/** What the labels may be called in a folder; shares before counts, and in the folder of the repository. */
const FILES = ['cifar10h-probs.npy', 'cifar10h-counts.npy'].flatMap((name) => [
  name,
  `data/${name}`,
]);

/** How far from 1 a row of shares may sum up to. */
const SUM_TOLERANCE = 1e-6;

/** Share of the images that most people named as CIFAR-10 does, at least; it is 0.99 where both belong together. */
const LEAST_AGREEMENT = 0.9;

/** So many images tell whether labels and images belong together. */
const ENOUGH = 100;

/**
 * Reads CIFAR-10H: CIFAR-10's test images with what some fifty people each saw in them, as soft labels. The
 * classes in `labels` stay CIFAR-10's own.
 *
 * The labels cover the test images alone, so whoever trains on them tests on other folds of them; see
 * {@link kFold}.
 *
 * @param source `'cifar10h'`, to download the labels; a folder with `cifar10h-probs.npy` or
 * `cifar10h-counts.npy`; or such a file. Counts are divided by their sum, which gives the same shares.
 * @throws Error when the labels are missing, damaged, or not those of these images in this order.
 *
 * @example
 * ```js
 * const human = await cifar10h('cifar-10h/data', { images: 'cifar-10-binary.tar.gz' });
 * const [{ train, test }] = kFold(human, { folds: 10, random });
 * ```
 *
 * @see Peterson, Battleday, Griffiths, Russakovsky, "Human uncertainty makes classification more robust",
 * ICCV 2019; https://github.com/jcpeterson/cifar-10h. The labels are under CC BY-NC-SA 4.0.
 */
export async function cifar10h(source: string, options: Cifar10hOptions = {}): Promise<Dataset> {
  const { images = 'cifar10', limit, ...downloading } = options;
  if (typeof source !== 'string' || source === '') {
    throw new TypeError(
      `cifar10h: source must be 'cifar10h', or the path of a folder or an .npy file, got ${show(source)}`,
    );
  }
  if (limit !== undefined) checkCount('cifar10h', 'limit', limit);
  const path = await find(source, downloading);
  const limited = limit === undefined ? {} : { limit };
  const labels = await readNpyFile(path, 'cifar10h');
  const test = await cifar10(images, { ...downloading, ...limited, split: 'test' });
  const softLabels = sharesOf(labels, test, `cifar10h: ${path}`);
  checkAgreement(test, softLabels, path);
  return { ...test, name: 'cifar10h', softLabels };
}

async function find(source: string, options: DownloadOptions): Promise<string> {
  if (source === 'cifar10h') return download(CIFAR10H_PROBS, options);
  if (source.endsWith('.npy')) return source;
  const found = await findFile(source, FILES);
  if (found !== undefined) return found;
  throw new Error(
    `cifar10h: ${source} must be a folder with cifar10h-probs.npy or cifar10h-counts.npy, got none of both; give 'cifar10h' to download it`,
  );
}

/** A row of shares for each image of `test`. */
function sharesOf({ data, shape }: NpyArray, test: Dataset, where: string): Float32Array {
  const count = test.labels.length;
  const classes = test.classNames.length;
  const [rows = 0, columns] = shape;
  if (shape.length !== 2 || columns !== classes || rows < count) {
    throw new Error(
      `${where}: the labels must be ${count} rows or more of ${classes}, got the shape [${shape.join(', ')}]`,
    );
  }
  const shares = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * classes, (i + 1) * classes);
    let sum = 0;
    for (const value of row) sum += value >= 0 ? value : Number.NaN;
    const counts = sum > 1 && row.every(Number.isInteger);
    if (!(counts || Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new RangeError(
        `${where}: a row must be shares of sum 1 or whole numbers from 0, got [${Array.from(row).join(', ')}] for image ${i}; the file is damaged`,
      );
    }
    for (let k = 0; k < classes; k++) shares[i * classes + k] = (row[k] as number) / sum;
  }
  return shares;
}

/** Refuses labels of other images, or in another order. */
function checkAgreement({ labels }: Dataset, shares: Float32Array, path: string): void {
  const classes = shares.length / labels.length;
  let agreed = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = shares.subarray(i * classes, (i + 1) * classes);
    if (row[labels[i] as number] === Math.max(...row)) agreed++;
  }
  const share = agreed / labels.length;
  if (labels.length >= ENOUGH && share < LEAST_AGREEMENT) {
    throw new Error(
      `cifar10h: ${path}: most people must have named what CIFAR-10 calls an image in at least ${100 * LEAST_AGREEMENT} % of them, got ${(100 * share).toFixed(1)} %; give CIFAR-10's test images in their own order`,
    );
  }
}
