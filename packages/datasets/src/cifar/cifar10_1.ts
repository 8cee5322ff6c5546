import { dirname } from 'node:path';
import { checkCount, type Dataset, show } from '../dataset.js';
import { type DownloadOptions, download } from '../download/download.js';
import { CIFAR10_1_FILES } from '../download/publishedFiles.js';
import { type NpyArray, readNpyFile } from '../python/readNpy.js';
import { CIFAR_SHAPE, CIFAR10, IMAGE_BYTES } from './cifarKind.js';
import { findFile } from './findFile.js';

export interface Cifar10_1Options extends DownloadOptions {
  /**
   * `'v6'`, 2000 images, 200 a class, which its authors recommend; or `'v4'`, 2021 images, which the main
   * figures of their paper are for. Default `'v6'`.
   */
  readonly version?: 'v4' | 'v6';
  /** Read this many images at most, the first ones. */
  readonly limit?: number;
}

/**
 * Reads CIFAR-10.1, two thousand new test images for CIFAR-10: by name, downloaded once, or from the folder
 * with its two `.npy` files. There is nothing to train on in it.
 *
 * @param source `'cifar10.1'`, or the folder, or the repository's with `datasets` in it.
 * @throws Error when a file is missing, damaged or of another shape.
 *
 * @example
 * ```js
 * const fresh = await cifar10_1('cifar10.1', { version: 'v6' });
 * ```
 *
 * @see Recht, Roelofs, Schmidt, Shankar, "Do CIFAR-10 Classifiers Generalize to CIFAR-10?", arXiv:1806.00451;
 * https://github.com/modestyachts/CIFAR-10.1.
 */
export async function cifar10_1(source: string, options: Cifar10_1Options = {}): Promise<Dataset> {
  const { version = 'v6', limit = Number.POSITIVE_INFINITY } = options;
  if (typeof source !== 'string' || source === '') {
    throw new TypeError(
      `cifar10_1: source must be 'cifar10.1' or the path of a folder, got ${show(source)}`,
    );
  }
  if (version !== 'v4' && version !== 'v6') {
    throw new RangeError(`cifar10_1: version must be 'v4' or 'v6', got ${show(version)}`);
  }
  if (limit !== Number.POSITIVE_INFINITY) checkCount('cifar10_1', 'limit', limit);
  const [imagesPath, labelsPath] = await find(source, version, options);
  const images = await readNpyFile(imagesPath, 'cifar10_1');
  const labels = await readNpyFile(labelsPath, 'cifar10_1');
  const total = checkImages(images, imagesPath);
  checkLabels(labels, total, labelsPath);
  const count = Math.min(limit, total);
  return {
    name: `cifar10.1-${version}`,
    images: (images.data as Uint8Array).slice(0, count * IMAGE_BYTES),
    labels: Uint8Array.from(labels.data.subarray(0, count)),
    shape: CIFAR_SHAPE,
    classNames: CIFAR10.label.classNames,
  };
}

/** The paths of images and labels. */
async function find(
  source: string,
  version: 'v4' | 'v6',
  options: DownloadOptions,
): Promise<[images: string, labels: string]> {
  const [images, labels] = CIFAR10_1_FILES[version];
  if (source === 'cifar10.1')
    return [await download(images, options), await download(labels, options)];
  const found = await findFile(source, [images.name, `datasets/${images.name}`]);
  const beside = found && (await findFile(dirname(found), [labels.name]));
  if (found && beside) return [found, beside];
  throw new Error(
    `cifar10_1: ${source} must be a folder with ${images.name} and ${labels.name}, got ${found ? 'the first alone' : 'none of both'}; give 'cifar10.1' to download them`,
  );
}

/** How many images there are. */
function checkImages({ data, shape, type }: NpyArray, path: string): number {
  const [count = 0, ...sides] = shape;
  if (count > 0 && data instanceof Uint8Array && sides.join() === CIFAR_SHAPE.join()) return count;
  throw new Error(
    `cifar10_1: ${path}: images must be bytes of shape [N, ${CIFAR_SHAPE.join(', ')}], got ${type} of shape [${shape.join(', ')}]`,
  );
}

function checkLabels({ data, shape }: NpyArray, count: number, path: string): void {
  if (shape.length !== 1 || data.length !== count) {
    throw new Error(
      `cifar10_1: ${path}: there must be a label for each of the ${count} images, got the shape [${shape.join(', ')}]`,
    );
  }
  const wrong = data.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label <= 9));
  if (wrong < 0) return;
  throw new RangeError(
    `cifar10_1: ${path}: labels must be 0..9, got ${data[wrong]} for image ${wrong}; the file is damaged`,
  );
}
