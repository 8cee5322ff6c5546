import type { Readable } from 'node:stream';
import { type TarMember, type TarOptions, tarMembers } from '../tarMembers.js';
import { binaryBatch, type CifarBatch, countRecords, pythonBatch } from './cifarBatch.js';
import { type CifarFound, type CifarWanted, layoutOf, missingFiles } from './cifarFound.js';
import { type CifarLayout, recordBytes } from './cifarKind.js';

/** No list of class names is longer; bytes. */
const META_LIMIT = 2 ** 16;

/** So many names of what an archive holds are kept, for a message. */
const KEPT_NAMES = 1000;

/**
 * Reads the images wanted from a tar archive, unpacking it as it comes: nothing is written to disk, and
 * of a binary version only the records asked for are held. The members may come in any order. Reading
 * stops as soon as there are enough; without a limit it goes on to the archive's end, so that its
 * checksum is seen.
 */
export async function readCifarArchive(
  archive: Readable,
  options: Omit<TarOptions, 'caller'>,
  wanted: CifarWanted,
): Promise<CifarFound> {
  const { kind, split } = wanted;
  const { caller, layouts } = kind;
  const { where } = options;
  const metas = new Map<string, Uint8Array>();
  const names: string[] = [];
  let found: Finding | undefined;
  for await (const member of tarMembers(archive, { ...options, caller })) {
    const name = member.path.slice(member.path.lastIndexOf('/') + 1);
    const layout = layoutOf(wanted, [name]);
    if (layouts.some(({ meta }) => meta === name) && member.size <= META_LIMIT) {
      metas.set(name, await take(member.content, member.size));
    } else if (layout && (found === undefined || found.layout === layout)) {
      found ??= { layout, files: layout.files[split], batches: new Map() };
      if (found.batches.has(name)) {
        throw new Error(`${caller}: ${where} holds ${name} more than once`);
      }
      const before = imagesBefore(name, found);
      found.batches.set(name, await readBatch(member, name, where, layout, wanted, before));
      if (isEnough(found, wanted.limit)) break;
    }
    if (names.length < KEPT_NAMES) names.push(name);
  }
  if (!found || !(isComplete(found) || isEnough(found, wanted.limit))) {
    throw missingFiles(where, wanted, found?.layout, names);
  }
  const { files, batches, layout } = found;
  return {
    layout,
    batches: files.flatMap((file) => batches.get(file) ?? []),
    meta: metas.get(layout.meta),
  };
}

/** What was found so far, of the version that was met first. */
interface Finding {
  readonly layout: CifarLayout;
  readonly files: readonly string[];
  readonly batches: Map<string, CifarBatch>;
}

async function readBatch(
  { size, content }: TarMember,
  name: string,
  archive: string,
  { version }: CifarLayout,
  { kind, limit }: CifarWanted,
  before: number,
): Promise<CifarBatch> {
  const where = `${name} in ${archive}`;
  const missing = Math.max(0, limit - before);
  if (version === 'python') return pythonBatch(kind, where, await take(content, size), missing);
  const records = Math.min(countRecords(kind, where, size), missing);
  return binaryBatch(kind, where, size, await take(content, records * recordBytes(kind)));
}

/** Images that the files before `name` are known to hold. */
function imagesBefore(name: string, { files, batches }: Finding): number {
  return files
    .slice(0, files.indexOf(name))
    .reduce((sum, file) => sum + (batches.get(file)?.total ?? 0), 0);
}

function isComplete({ files, batches }: Finding): boolean {
  return files.every((file) => batches.has(file));
}

/** Whether the files found so far give `limit` images without a gap. */
function isEnough(found: Finding, limit: number): boolean {
  const gap = found.files.find((file) => !found.batches.has(file));
  if (gap === undefined) return Number.isFinite(limit);
  return imagesBefore(gap, found) >= limit;
}

/** The first `count` bytes; the buffer grows with what comes, not with what a header claims. */
async function take(content: AsyncIterable<Uint8Array>, count: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let filled = 0;
  if (count === 0) return new Uint8Array(0);
  for await (const piece of content) {
    pieces.push(piece.subarray(0, count - filled));
    filled += piece.length;
    if (filled >= count) break;
  }
  return Buffer.concat(pieces);
}
