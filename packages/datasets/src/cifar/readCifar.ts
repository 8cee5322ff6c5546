import { stat } from 'node:fs/promises';
import type { Dataset } from '../dataset.js';
import { readCifarArchive } from './cifarArchive.js';
import { decodeBatch, parseNames } from './cifarBatch.js';
import { readCifarFolder } from './cifarFolder.js';
import type { CifarFound, CifarWanted } from './cifarFound.js';
import { CIFAR_HOME, CIFAR_SHAPE, IMAGE_BYTES } from './cifarKind.js';
import { openArchive } from './openArchive.js';

/** Reads one of the CIFAR sets from a folder or an archive. */
export async function readCifar(source: string, wanted: CifarWanted): Promise<Dataset> {
  const { kind, limit } = wanted;
  const { layout, batches, meta } = await find(source, wanted).catch((error: Error) => {
    if (error.message.startsWith(`${kind.caller}: `)) throw error;
    // The system's own, such as that of a folder in the place of a file.
    throw new Error(`${kind.caller}: cannot read ${source}: ${error.message}`, { cause: error });
  });
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
  const { archive, ...options } = await openArchive(source, wanted.kind);
  return readCifarArchive(archive, options, wanted);
}
