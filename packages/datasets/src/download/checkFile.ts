import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { PublishedFile } from './publishedFiles.js';

/**
 * Compares a file with what is published: its size, then its checksums.
 *
 * @returns What differs, in words, or `undefined`.
 */
export async function checkFile(
  path: string,
  file: PublishedFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size !== file.bytes) return `a size of ${file.bytes} bytes, got ${size}`;
  const hashes = (['sha256', 'md5'] as const).flatMap((algorithm) => {
    const expected = file[algorithm];
    return expected ? [{ algorithm, expected, hash: createHash(algorithm) }] : [];
  });
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20, signal })) {
    for (const { hash } of hashes) hash.update(piece as Buffer);
  }
  for (const { algorithm, expected, hash } of hashes) {
    const actual = hash.digest('hex');
    if (actual !== expected) return `the ${algorithm} ${expected}, got ${actual}`;
  }
  return undefined;
}
