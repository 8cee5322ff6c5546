import { stat } from 'node:fs/promises';
import { shuffled } from '@bcl/random';
import { checkCount, show } from '../dataset.js';
import { checkClassNames, readClassNames } from '../images/classNames.js';
import { checkReading, decodeAll, type Encoded, type ReadingOptions } from '../images/decodeAll.js';
import { type DecodeOptions, imageDecoder } from '../images/imageDecoder.js';
import { checkOpen, epochRandom } from '../images/opening.js';
import type { ExampleStream, OpenOptions, StreamExample } from '../stream.js';
import { expandShards, isAddress } from './expandShards.js';
import { FetchFailure } from './fetchPieces.js';
import { type LabelRule, labelOf } from './labelOf.js';
import { imageOf, readShard, type TarExample } from './readShard.js';
import { shuffleBuffer } from './shuffleBuffer.js';

export interface WebDatasetOptions extends DecodeOptions, ReadingOptions {
  /** The classes in the order of their numbers, or how many there are: then they are named by their numbers. */
  readonly classNames?: readonly string[] | number;
  /** A JSON file with the class names instead, such as `imageFolder` writes. */
  readonly classFile?: string;
  /** Says the class of an example where the usual members do not. */
  readonly label?: LabelRule;
  /** Examples in all shards, where that is known; it becomes the stream's `size`. */
  readonly count?: number;
  /** Encoded examples among which a shuffled order is drawn, and so are held. Default 1000. */
  readonly shuffleBuffer?: number;
  /** Larger members are not read, and their examples are unreadable; bytes. Default 64 MiB. */
  readonly maxMemberBytes?: number;
  /** How often to ask a server again after a failure that brought nothing new. Default 5. */
  readonly retries?: number;
  /** Time before the first of those, milliseconds; it doubles. Default 500. */
  readonly retryDelay?: number;
  /** Longest silence of a server, milliseconds. Default 30 000. */
  readonly timeout?: number;
}

/**
 * Opens a set in WebDataset's form: tar archives (`.tar`, `.tar.gz`) in which the members of an example follow each other, with
 * one name and different endings: an image (`.jpg`, `.jpeg`, `.png`, `.webp`) and its class (`.cls` with its number,
 * `.txt` with its name, or `.json` with a field `label` of either). Shards are read from disk or by HTTP as they are
 * needed, and nothing is written.
 *
 * A seed draws the order of the shards for each epoch, and the order within a buffer of examples. Of several processes each
 * reads shards of its own. To go on inside an epoch (`skip`), what comes before is read and not decoded.
 *
 * @param shards Paths or `http(s)` addresses, with `{000..012}` to count and `{a,b}` to list.
 * @throws Error when a shard on disk is missing. A loop over the stream throws when an example or an archive
 * cannot be read, or left out with `onUnreadable`; when a server fails for good; and when an archive holds a link, a device or a
 * path that leads out of it. RangeError when there are more processes than shards.
 *
 * @example
 * ```js
 * const train = await webDataset('https://example.org/train-{000..146}.tar', { size: 224, classNames });
 * ```
 *
 * @see https://github.com/webdataset/webdataset
 */
export async function webDataset(
  shards: string | readonly string[],
  options: WebDatasetOptions,
): Promise<ExampleStream> {
  const all = expandShards('webDataset', shards);
  checkReading('webDataset', options);
  const { count, shuffleBuffer: buffer, maxMemberBytes, retries, retryDelay, timeout } = options;
  for (const [name, value] of Object.entries({
    count,
    shuffleBuffer: buffer,
    maxMemberBytes,
    timeout,
  })) {
    if (value !== undefined) checkCount('webDataset', name, value);
  }
  for (const [name, value] of Object.entries({ retries, retryDelay })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      throw new RangeError(`webDataset: ${name} must be a whole number from 0, got ${show(value)}`);
    }
  }
  const classNames = await namesOf(options);
  const { decode, shape } = await imageDecoder('webDataset', options);
  for (const shard of all.filter((shard) => !isAddress(shard))) await checkShard(shard);
  const ids = new Map(classNames.map((name, id) => [name, id]));
  return {
    name: typeof shards === 'string' ? shards : `${all[0]} and ${all.length - 1} more`,
    shape,
    classNames,
    size: count ?? null,
    open(open) {
      checkOpen('webDataset', open);
      const processes = open.shard?.count ?? 1;
      if (processes > all.length) {
        throw new RangeError(
          `webDataset: processes share shards, so shard.count must be at most ${all.length}, got ${processes}; make more and smaller shards`,
        );
      }
      const leaving = new AbortController();
      const encoded = encodedOf(all, open, options, ids, leaving.signal);
      return abortable(decodeAll('webDataset', encoded, decode, options), leaving);
    },
  };
}

/** Examples in the order of the epoch, with their places. */
async function* encodedOf(
  all: readonly string[],
  open: OpenOptions,
  options: WebDatasetOptions,
  ids: ReadonlyMap<string, number>,
  signal: AbortSignal,
): AsyncGenerator<Encoded, void, undefined> {
  const { epoch, seed, skip = 0, shard: { index, count } = { index: 0, count: 1 } } = open;
  const random = seed === null ? undefined : epochRandom(seed, epoch);
  const order = random ? [...shuffled(random, all.length)].map((i) => all[i] as string) : all;
  const own = order.filter((_, i) => i % count === index);
  const examples = examplesOf(own, options, signal);
  const { shuffleBuffer: size = 1000 } = options;
  const given = random ? shuffleBuffer(examples, size, random.stream(`part ${index}`)) : examples;
  let place = 0;
  for await (const item of given) {
    if (place++ < skip) continue;
    const { shard, example } = item;
    yield {
      key: item.key,
      place: place - 1,
      where: example ? `${item.key} in ${shard}` : shard,
      read() {
        if (!example) throw item.error;
        return { image: imageOf(example), label: labelOf(example, ids, options.label) };
      },
    };
  }
}

/** An example, or what keeps a shard from giving more. */
type Item = { readonly key: string; readonly shard: string } & (
  | { readonly example: TarExample; readonly error?: never }
  | { readonly example?: never; readonly error: unknown }
);

/** The examples of some shards. A damaged archive on disk gives what comes before the damage, and then the damage. */
async function* examplesOf(
  shards: readonly string[],
  options: WebDatasetOptions,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const { maxMemberBytes = 2 ** 26, retries = 5, retryDelay = 500, timeout = 30_000 } = options;
  const network = { signal, retries, retryDelay, timeout };
  for (const shard of shards) {
    try {
      for await (const example of readShard(shard, {
        caller: 'webDataset',
        maxMemberBytes,
        network,
      })) {
        yield { key: example.key, shard, example };
      }
    } catch (error) {
      // What a server failed to give now it may give next time: leaving it out would change the set.
      if (isAddress(shard)) throw fetchFailure(error) ?? error;
      yield { key: shard, shard, error };
    }
  }
}

/** What a server failed to give, below what the archive's reader makes of it. */
function fetchFailure(error: unknown): unknown {
  const { cause } = error as Error;
  return cause instanceof FetchFailure ? cause : undefined;
}

async function namesOf({ classNames, classFile }: WebDatasetOptions): Promise<readonly string[]> {
  if ((classNames === undefined) === (classFile === undefined)) {
    throw new TypeError('webDataset: give classNames or classFile, one of them');
  }
  if (typeof classNames === 'number') {
    checkCount('webDataset', 'classNames', classNames);
    return Array.from({ length: classNames }, (_, i) => String(i));
  }
  if (classNames !== undefined) {
    checkClassNames('webDataset', 'classNames', classNames);
    return [...classNames];
  }
  const names = await readClassNames('webDataset', classFile as string);
  if (!names) throw new Error(`webDataset: there is no class list ${classFile}`);
  return names;
}

async function checkShard(shard: string): Promise<void> {
  const info = await stat(shard).catch((cause: Error) => {
    throw new Error(`webDataset: cannot read the shard ${shard}: ${cause.message}`, { cause });
  });
  if (!info.isFile()) throw new Error(`webDataset: the shard ${shard} must be a file`);
}

/** The same examples; leaving does not wait for a server that is silent. */
function abortable(
  examples: AsyncGenerator<StreamExample, void, undefined>,
  leaving: AbortController,
): AsyncIterable<StreamExample> {
  const iterator: AsyncIterator<StreamExample, void, undefined> = {
    next: () => examples.next(),
    return() {
      leaving.abort();
      return examples.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
