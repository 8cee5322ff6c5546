import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { type CifarPart, countRecords, RECORD_BYTES } from './cifarRecords.js';
import { type CifarFound, META_FILE, missingFiles } from './cifarWanted.js';

/** No list of ten names is longer; in bytes. */
const META_LIMIT = 4096;

/** What tar-stream gives for a member. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
  resume(): unknown;
}

interface Member {
  readonly name: string;
  readonly size: number;
  /** The member's bytes; what is left unread is skipped. */
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Reads the first `limit` records of `files`, in that order, from a tar archive, unpacking it as it
 * comes: nothing is written to disk, and only the records asked for are held. The members may
 * come in any order. Reading stops as soon as there are enough; without a limit it goes on to the
 * archive's end, so that its checksum is seen.
 *
 * @param gzipped Whether the archive is a `.tar.gz` rather than a plain `.tar`.
 */
export async function readCifarArchive(
  path: string,
  gzipped: boolean,
  files: readonly string[],
  limit: number,
): Promise<CifarFound> {
  const found = new Map<string, CifarPart>();
  const names: string[] = [];
  let meta: string | undefined;
  for await (const { name, size, content } of members(path, gzipped)) {
    if (name === META_FILE && size <= META_LIMIT) {
      meta = new TextDecoder().decode(await take(content, size));
    } else if (files.includes(name)) {
      const where = `${name} in ${path}`;
      if (found.has(name)) throw new Error(`cifar10: ${path} holds ${name} more than once`);
      const records = countRecords(where, size);
      const wanted = Math.min(records, limit - recordsBefore(name, files, found));
      const bytes = await take(content, Math.max(0, wanted) * RECORD_BYTES);
      found.set(name, { where, size, bytes });
      if (isEnough(files, found, limit)) break;
    }
    names.push(name);
  }
  const complete = files.every((file) => found.has(file));
  if (!complete && !isEnough(files, found, limit)) throw missingFiles(path, files, limit, names);
  const parts = files.flatMap((file) => found.get(file) ?? []);
  return { parts, meta };
}

/** Records that the files before `name` are known to hold. */
function recordsBefore(
  name: string,
  files: readonly string[],
  found: ReadonlyMap<string, CifarPart>,
): number {
  return files
    .slice(0, files.indexOf(name))
    .reduce((sum, file) => sum + (found.get(file)?.size ?? 0) / RECORD_BYTES, 0);
}

/** Whether the files found so far give `limit` records without a gap. */
function isEnough(
  files: readonly string[],
  found: ReadonlyMap<string, CifarPart>,
  limit: number,
): boolean {
  const gap = files.find((file) => !found.has(file));
  if (gap === undefined) return Number.isFinite(limit);
  return recordsBefore(gap, files, found) >= limit;
}

/** The first `count` bytes; the buffer grows with what comes, not with what a header claims. */
async function take(content: AsyncIterable<Uint8Array>, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let filled = 0;
  if (count === 0) return new Uint8Array(0);
  for await (const chunk of content) {
    chunks.push(chunk.subarray(0, count - filled));
    filled += chunk.length;
    if (filled >= count) break;
  }
  return Buffer.concat(chunks);
}

/** The regular files of an archive, one after the other. */
async function* members(path: string, gzipped: boolean): AsyncGenerator<Member> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const unpacked: Readable & NodeJS.WritableStream = gzipped
    ? createGunzip({ chunkSize: 1 << 18 })
    : new PassThrough();
  const tar = extract();
  const flow = pipeline(file, unpacked, tar);
  flow.catch(() => {}); // the loop below meets the same error, or has left
  let last = 'the start';
  const damaged = (error: unknown) =>
    new Error(
      `cifar10: cannot unpack ${path} after ${last}: ${(error as Error).message}; the file is damaged or incomplete, download it again`,
      { cause: error },
    );
  try {
    for await (const entry of rethrowing<Entry>(tar, damaged)) {
      const { name, size, type } = entry.header;
      if (type === 'file') {
        yield { name: basename(name), size, content: rethrowing<Uint8Array>(entry, damaged) };
        last = name;
      }
      entry.resume();
    }
    await flow.catch((error) => {
      throw damaged(error);
    });
  } finally {
    file.destroy();
    (unpacked as Readable).destroy();
    tar.destroy();
  }
}

/**
 * The same items, an error on the way turned into another. Leaving early leaves the stream
 * open, as `for await` on the stream itself would not.
 */
async function* rethrowing<T>(
  items: AsyncIterable<unknown>,
  toError: (error: unknown) => Error,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]() as AsyncIterator<T>;
  for (;;) {
    const next = await iterator.next().catch((error: unknown) => {
      throw toError(error);
    });
    if (next.done) return;
    yield next.value;
  }
}
