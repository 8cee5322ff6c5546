import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CifarPart, countRecords, RECORD_BYTES } from './cifarRecords.js';
import { type CifarFound, META_FILE, missingFiles } from './cifarWanted.js';

/** The folder that the official archive unpacks to. */
const ARCHIVE_FOLDER = 'cifar-10-batches-bin';

/** Reads the first `limit` records of `files`, in that order, from `folder` or the archive's folder in it. */
export async function readCifarFolder(
  folder: string,
  files: readonly string[],
  limit: number,
): Promise<CifarFound> {
  let names = await readdir(folder);
  if (names.includes(ARCHIVE_FOLDER) && !files.some((file) => names.includes(file))) {
    folder = join(folder, ARCHIVE_FOLDER);
    names = await readdir(folder);
  }
  const parts: CifarPart[] = [];
  let missing = limit;
  for (const file of files) {
    if (missing <= 0) break;
    if (!names.includes(file)) throw missingFiles(`the folder ${folder}`, files, limit, names);
    const part = await readPart(join(folder, file), missing);
    missing -= part.bytes.length / RECORD_BYTES;
    parts.push(part);
  }
  const meta = names.includes(META_FILE)
    ? await readFile(join(folder, META_FILE), 'utf8')
    : undefined;
  return { parts, meta };
}

/** The first `limit` records of one file, or all of them. */
async function readPart(path: string, limit: number): Promise<CifarPart> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.min(limit, countRecords(path, size)) * RECORD_BYTES);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) {
        throw new Error(
          `cifar10: ${path} ended at byte ${filled} of ${size}; is it being written?`,
        );
      }
      filled += bytesRead;
    }
    return { where: path, size, bytes };
  } finally {
    await file.close();
  }
}
