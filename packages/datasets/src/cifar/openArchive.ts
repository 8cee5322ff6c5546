import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type TarOptions, unpackLimit } from '../tarMembers.js';
import { CIFAR_HOME, type CifarKind } from './cifarKind.js';

/** An archive to be read, and how. */
export interface OpenArchive extends Omit<TarOptions, 'caller'> {
  readonly archive: Readable;
}

/** Opens a `.tar.gz` or a `.tar`; refuses everything else. */
export async function openArchive(path: string, kind: CifarKind): Promise<OpenArchive> {
  const { size } = await stat(path);
  const gzipped = await isGzip(path, size, kind);
  const archive = createReadStream(path, { highWaterMark: 2 ** 18 });
  return { archive, where: path, gzipped, limit: gzipped ? unpackLimit(size) : size };
}

/** Tells a `.tar.gz` from a plain `.tar` by their first bytes. */
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
