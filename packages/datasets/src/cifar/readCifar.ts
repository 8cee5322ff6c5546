import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Dataset } from '../dataset.js';
import { unpackLimit } from '../tarMembers.js';
import { readCifarArchive } from './cifarArchive.js';
import { decodeBatch, parseNames } from './cifarBatch.js';
import { readCifarFolder } from './cifarFolder.js';
import type { CifarFound, CifarWanted } from './cifarFound.js';
import { CIFAR_HOME, CIFAR_SHAPE, type CifarKind, IMAGE_BYTES } from './cifarKind.js';

/** Reads one of the CIFAR sets from a folder or an archive. */
export async function readCifar(source: string, wanted: CifarWanted): Promise<Dataset> {
  const { kind, limit } = wanted;
  const { layout, batches, meta } = await find(source, wanted);
  const held = batches.reduce((sum, batch) => sum + batch.count, 0);
  const count = Math.min(limit, held);
  const images = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const batch of batches) {
    const taken = Math.min(batch.count, count - at);
    decodeBatch(batch, taken, { images, labels, at });
    at += taken;
  }
  const classNames =
    meta === undefined ? kind.label.classNames : parseNames(kind, layout, source, meta);
  const name = kind.label.title === 'coarse ' ? `${kind.caller}-coarse` : kind.caller;
  return { name, images, labels, shape: CIFAR_SHAPE, classNames };
}

/** Reads from whatever `source` is. */
async function find(source: string, wanted: CifarWanted): Promise<CifarFound> {
  const { caller, title } = wanted.kind;
  const info = await stat(source).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.message})`;
    throw new Error(
      `${caller}: ${source} ${what}; give the folder or the .tar.gz of ${title}'s binary version, ${CIFAR_HOME}`,
    );
  });
  if (info.isDirectory()) return readCifarFolder(source, wanted);
  const gzipped = await isGzip(source, info.size, wanted.kind);
  const archive = createReadStream(source, { highWaterMark: 2 ** 18 });
  const limit = gzipped ? unpackLimit(info.size) : info.size;
  return readCifarArchive(archive, { where: source, gzipped, limit }, wanted);
}

/** Tells a `.tar.gz` from a plain `.tar` by their first bytes; refuses everything else. */
async function isGzip(path: string, size: number, kind: CifarKind): Promise<boolean> {
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
  const hint =
    path.endsWith('.bin') || /(data_batch_\d|test_batch|train|test)$/.test(path)
      ? 'give the folder that holds it'
      : `give ${kind.title}'s binary version, ${CIFAR_HOME}`;
  throw new Error(
    `${kind.caller}: ${path} must be a folder, a .tar.gz or a .tar, got a file of ${size} bytes that is neither gzip nor tar; ${hint}`,
  );
}
