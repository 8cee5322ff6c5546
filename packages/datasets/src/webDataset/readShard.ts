import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type TarMember, tarMembers, unpackLimit } from '../tarMembers.js';
import { isAddress } from './expandShards.js';
import { type FetchOptions, fetchPieces } from './fetchPieces.js';

/** Endings of the members that matter; the others are passed over. */
const IMAGES = ['jpg', 'jpeg', 'png', 'webp'];
const LABELS = ['cls', 'txt', 'json'];

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;

/** The members of one example. */
export interface TarExample {
  /** Their path up to the first dot of its last part. */
  readonly key: string;
  /** Their bytes by their endings, lower case; a text says why one was not read. */
  readonly members: ReadonlyMap<string, Uint8Array | string>;
}

export interface ShardOptions {
  readonly caller: string;
  /** Larger members are not read; bytes. */
  readonly maxMemberBytes: number;
  readonly network: FetchOptions;
}

/** The examples of a shard, one after the other: members that follow each other and have one key. */
export async function* readShard(
  shard: string,
  options: ShardOptions,
): AsyncGenerator<TarExample, void, undefined> {
  const address = isAddress(shard);
  const pieces = address
    ? fetchPieces(options.caller, shard, options.network)
    : createReadStream(shard, { highWaterMark: PIECE });
  // How long an address goes on, its server alone knows; what is held at a time is limited all the same.
  const limit = address ? Number.POSITIVE_INFINITY : unpackLimit((await stat(shard)).size);
  yield* groupMembers(shard, pieces, limit, options);
}

/** The examples in the bytes of an archive, packed by gzip or not, as its first bytes tell. */
export async function* groupMembers(
  where: string,
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
  { caller, maxMemberBytes }: Omit<ShardOptions, 'network'>,
): AsyncGenerator<TarExample, void, undefined> {
  const iterator = pieces[Symbol.asyncIterator]();
  const { head, done } = await firstBytes(iterator);
  const archive = Readable.from(rest(head, done, iterator), { objectMode: false });
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  let key: string | undefined;
  let members = new Map<string, Uint8Array | string>();
  for await (const member of tarMembers(archive, { caller, where, gzipped, limit })) {
    const [, name, ending = ''] = /^((?:.*\/)?[^./]+)\.([^/]+)$/s.exec(member.path) ?? [];
    if (name === undefined) continue;
    if (name !== key) {
      if (key !== undefined && members.size > 0) yield { key, members };
      key = name;
      members = new Map();
    }
    const kind = ending.toLowerCase();
    if (!IMAGES.includes(kind) && !LABELS.includes(kind)) continue;
    if (members.has(kind)) {
      throw new Error(`${caller}: ${where} must hold each member once, got ${member.path} again`);
    }
    members.set(kind, await take(member, maxMemberBytes));
  }
  if (key !== undefined && members.size > 0) yield { key, members };
}

/** The image of an example, as its bytes. */
export function imageOf({ members }: TarExample): Uint8Array {
  const kinds = IMAGES.filter((kind) => members.has(kind));
  if (kinds.length !== 1) {
    throw new Error(
      `it must have one image (${IMAGES.join(', ')}), got ${kinds.join(' and ') || 'none'}`,
    );
  }
  return bytesOf(members.get(kinds[0] as string) as Uint8Array | string);
}

/** The bytes of a member; refuses one that was not read. */
export function bytesOf(member: Uint8Array | string): Uint8Array {
  if (typeof member === 'string') throw new Error(member);
  return member;
}

/** A member's bytes; the memory grows with what comes, not with what its header claims. */
async function take(
  { path, size, content }: TarMember,
  most: number,
): Promise<Uint8Array | string> {
  if (size > most) return `${path} has ${size} bytes, more than the ${most} of maxMemberBytes`;
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** At least two bytes, if there are so many. */
async function firstBytes(
  iterator: AsyncIterator<Uint8Array>,
): Promise<{ head: Uint8Array; done: boolean }> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const next = await iterator.next();
    if (next.done) return { head, done: true };
    head = Buffer.concat([head, next.value]);
  }
  return { head, done: false };
}

async function* rest(
  head: Uint8Array,
  done: boolean,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield head;
    if (!done)
      for (let next = await iterator.next(); !next.done; next = await iterator.next())
        yield next.value;
  } finally {
    await iterator.return?.();
  }
}
