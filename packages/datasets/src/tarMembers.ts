import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';

/** Bytes that a small archive may unpack to, however small it is. */
const SMALL_ARCHIVE = 64 * 2 ** 20;

/** Photographs shrink by a tenth in gzip, drawings to a fiftieth; it could shrink zeros to a thousandth. */
const MOST_EXPANSION = 100;

/** Pieces in which an archive is read and unpacked, bytes. */
const PIECE = 2 ** 18;

/** A regular file in an archive. */
export interface TarMember {
  /** Its path in the archive. */
  readonly path: string;
  /** Its size as the archive tells it, bytes; not to be believed before that much has come. */
  readonly size: number;
  /** Its bytes; what is left unread is skipped. */
  readonly content: AsyncIterable<Uint8Array>;
}

export interface TarOptions {
  /** The function that reads; it begins the messages. */
  readonly caller: string;
  /** The archive, as a message names it. */
  readonly where: string;
  /** Whether it is a `.tar.gz` rather than a plain `.tar`. */
  readonly gzipped: boolean;
  /** Stop when it has unpacked to more than this, bytes; see {@link unpackLimit}. */
  readonly limit: number;
}

/** What tar-stream gives for a member. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
  resume(): unknown;
}

/** What an archive of `size` bytes may unpack to, bytes: 64 MiB and a hundred times its size. */
export function unpackLimit(size: number): number {
  return SMALL_ARCHIVE + MOST_EXPANSION * size;
}

/**
 * The regular files of a tar archive, one after the other, unpacked as they are asked for: nothing is
 * written, and no more is held than a few pieces. Folders are passed over.
 *
 * @param archive Its bytes; destroyed at the end, however that comes.
 * @throws Error when the archive is damaged or cut short, unpacks to more than `limit`, or holds a link,
 * a device or a path that leads out of it.
 */
export async function* tarMembers(
  archive: Readable,
  options: TarOptions,
): AsyncGenerator<TarMember, void, undefined> {
  const { caller, where, gzipped } = options;
  const unpacked: Readable & NodeJS.WritableStream = gzipped
    ? createGunzip({ chunkSize: PIECE })
    : new PassThrough({ highWaterMark: PIECE });
  const tar = extract();
  const flow = pipeline(archive, unpacked, (pieces) => limited(pieces, options), tar);
  flow.catch(() => {}); // the loop below meets the same error, or has left
  let last = 'the start';
  const damaged = (error: unknown) =>
    error instanceof Refusal
      ? error
      : new Error(
          `${caller}: cannot unpack ${where} after ${last}: ${(error as Error).message}; the file is damaged or incomplete, download it again`,
          { cause: error },
        );
  try {
    for await (const entry of rethrowing<Entry>(tar, damaged)) {
      const { name, size, type } = entry.header;
      checkMember(entry.header, options);
      if (type !== 'directory') {
        yield { path: name, size: size ?? 0, content: rethrowing<Uint8Array>(entry, damaged) };
        last = name;
      }
      entry.resume();
    }
    await flow.catch((error) => {
      throw damaged(error);
    });
  } finally {
    archive.destroy();
    unpacked.destroy();
    tar.destroy();
  }
}

/** What is refused rather than damaged. */
class Refusal extends Error {}

/** The same bytes, as long as they are no more than the limit. */
async function* limited(
  pieces: AsyncIterable<Uint8Array>,
  { caller, where, limit }: TarOptions,
): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const piece of pieces) {
    sum += piece.length;
    if (sum > limit) {
      throw new Refusal(
        `${caller}: ${where} unpacks to more than ${limit} bytes, the limit for an archive of its size; is it a decompression bomb? Unpack it yourself and give the folder`,
      );
    }
    yield piece;
  }
}

/** Refuses what an archive of data has no use for and an attack has. */
function checkMember({ name, type, linkname }: Header, { caller, where }: TarOptions): void {
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    const to = linkname ? ` to '${linkname}'` : '';
    throw new Refusal(
      `${caller}: ${where} must hold files and folders alone, got a ${type ?? 'member of unknown type'}${to} named '${name}'`,
    );
  }
  const absolute = /^([/\\]|[a-z]:)/i.test(name);
  if (absolute || name.includes('\0') || name.split(/[/\\]/).includes('..')) {
    throw new Refusal(
      `${caller}: ${where} must hold paths inside of it alone, got '${name.replaceAll('\0', '\\0')}'`,
    );
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
