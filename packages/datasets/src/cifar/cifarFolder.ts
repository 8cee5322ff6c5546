import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryBatch, type CifarBatch, countRecords, pythonBatch } from './cifarBatch.js';
import { type CifarFound, type CifarWanted, layoutOf, missingFiles } from './cifarFound.js';
import { type CifarKind, recordBytes } from './cifarKind.js';

/** Reads the images wanted from `folder`, or from the archive's folder in it. */
export async function readCifarFolder(folder: string, wanted: CifarWanted): Promise<CifarFound> {
  const { kind, split, limit } = wanted;
  let names = await readdir(folder);
  if (!layoutOf(wanted, names)) {
    const inner = kind.layouts.find((layout) => names.includes(layout.folder));
    if (inner) {
      folder = join(folder, inner.folder);
      names = await readdir(folder);
    }
  }
  const layout = layoutOf(wanted, names);
  if (!layout) throw missingFiles(`the folder ${folder}`, wanted, layout, names);
  const batches: CifarBatch[] = [];
  let missing = limit;
  for (const file of layout.files[split]) {
    if (missing <= 0) break;
    if (!names.includes(file)) throw missingFiles(`the folder ${folder}`, wanted, layout, names);
    const path = join(folder, file);
    const batch =
      layout.version === 'binary'
        ? await readRecords(kind, path, missing)
        : pythonBatch(kind, path, await readFile(path), missing);
    missing -= batch.count;
    batches.push(batch);
  }
  const meta = names.includes(layout.meta) ? await readFile(join(folder, layout.meta)) : undefined;
  return { layout, batches, meta };
}

/** The first `limit` records of a binary file, or all of them. */
async function readRecords(kind: CifarKind, path: string, limit: number): Promise<CifarBatch> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const count = Math.min(limit, countRecords(kind, path, size));
    const bytes = new Uint8Array(count * recordBytes(kind));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) {
        throw new Error(
          `${kind.caller}: ${path} ended at byte ${filled} of ${size}; is it being written?`,
        );
      }
      filled += bytesRead;
    }
    return binaryBatch(kind, path, size, bytes);
  } finally {
    await file.close();
  }
}
