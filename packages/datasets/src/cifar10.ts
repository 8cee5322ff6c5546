import { type FileHandle, open, stat } from 'node:fs/promises';
import { readCifarArchive } from './cifarArchive.js';
import { readCifarFolder } from './cifarFolder.js';
import {
  CIFAR_HOME,
  CIFAR_SHAPE,
  decodeRecords,
  IMAGE_BYTES,
  RECORD_BYTES,
} from './cifarRecords.js';
import { CIFAR_FILES, type CifarFound, META_FILE } from './cifarWanted.js';
import { checkCount, checkSplit, type Dataset, type Split, show } from './dataset.js';

/** The classes, in the order of their numbers. */
const CLASS_NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

export interface Cifar10Options {
  /** Which part to read. Default `'train'`. */
  readonly split?: Split;
  /** Read this many images at most, the first ones; no more of the files is read than they need. */
  readonly limit?: number;
}

/**
 * Reads CIFAR-10 in its binary version: the `.tar.gz` as downloaded, unpacked on the fly, or the
 * folder that it unpacks to.
 *
 * A record is one label byte and 3 × 32 × 32 pixels, plane by plane; images come out as
 * `[H, W, C]` bytes, in the order of the files (`data_batch_1.bin` .. `data_batch_5.bin`, or
 * `test_batch.bin`). Without `limit` all files of the split must be there. Class names are those of
 * `batches.meta.txt` when it is met, else the well-known ones.
 *
 * @param source The archive, the folder with the `.bin` files, or the folder above it.
 * @throws Error when the files are missing, cut short or of another format: the message names the
 * file, what came and what to do.
 *
 * @example
 * ```js
 * const train = await cifar10('cifar-10-binary.tar.gz', { limit: 5000 });
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
  const { parts, meta } = await find(source, CIFAR_FILES[split], limit);

  const held = parts.reduce((sum, { bytes }) => sum + bytes.length / RECORD_BYTES, 0);
  const count = Math.min(limit, held);
  const images = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    const bytes = part.bytes.subarray(0, (count - at) * RECORD_BYTES);
    decodeRecords({ ...part, bytes }, images, labels, at);
    at += bytes.length / RECORD_BYTES;
  }
  const classNames = meta === undefined ? CLASS_NAMES : parseNames(source, meta);
  return { name: 'cifar10', images, labels, shape: CIFAR_SHAPE, classNames };
}

/** Reads from whatever `source` is. */
async function find(source: string, files: readonly string[], limit: number): Promise<CifarFound> {
  const info = await stat(source).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.message})`;
    throw new Error(
      `cifar10: ${source} ${what}; give the folder or the .tar.gz of CIFAR-10's binary version, ${CIFAR_HOME}`,
    );
  });
  if (info.isDirectory()) return readCifarFolder(source, files, limit);
  return readCifarArchive(source, await isGzip(source, info.size), files, limit);
}

/** Tells a `.tar.gz` from a plain `.tar` by their first bytes; refuses everything else. */
async function isGzip(path: string, size: number): Promise<boolean> {
  const head = Buffer.alloc(512);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    await file.read(head, 0, head.length, 0);
  } finally {
    await file?.close();
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return true;
  if (head.toString('latin1', 257, 262) === 'ustar') return false;
  const hint = path.endsWith('.bin')
    ? 'give the folder that holds it'
    : `give CIFAR-10's binary version, ${CIFAR_HOME}`;
  throw new Error(
    `cifar10: ${path} must be a folder, a .tar.gz or a .tar, got a file of ${size} bytes that is neither gzip nor tar; ${hint}`,
  );
}

/** The lines of `batches.meta.txt`. */
function parseNames(source: string, meta: string): string[] {
  const names = meta
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== CLASS_NAMES.length) {
    throw new Error(
      `cifar10: ${META_FILE} in ${source} must name ${CLASS_NAMES.length} classes, one a line, got ${names.length}`,
    );
  }
  return names;
}
