import { expand } from 'brace-expansion';
import { show } from '../dataset.js';

/** No set has more shards. */
const MOST_SHARDS = 100_000;

/** Their names take no more characters; the library stops there and does not say so. */
const MOST_CHARACTERS = 2 ** 28;

/** The shards that some patterns name, in their order: `{000..012}` counts, `{a,b}` lists. */
export function expandShards(caller: string, patterns: string | readonly string[]): string[] {
  const given = typeof patterns === 'string' ? [patterns] : patterns;
  if (!Array.isArray(given) || !given.every((text) => typeof text === 'string' && text !== '')) {
    throw new TypeError(
      `${caller}: shards must be paths, addresses or patterns of them, got ${show(patterns)}`,
    );
  }
  const shards = given.flatMap((pattern) =>
    expand(pattern, { max: MOST_SHARDS + 1, maxLength: MOST_CHARACTERS }),
  );
  if (shards.length === 0) throw new RangeError(`${caller}: shards must be one or more, got none`);
  if (shards.length > MOST_SHARDS) {
    throw new RangeError(`${caller}: shards must be at most ${MOST_SHARDS}, got more`);
  }
  const seen = new Set<string>();
  const twice = shards.find((shard) => seen.size === seen.add(shard).size);
  if (twice !== undefined) {
    throw new RangeError(`${caller}: shards must be named once, got ${twice} more than once`);
  }
  return shards;
}

/** Whether a shard is to be asked for by HTTP. */
export function isAddress(shard: string): boolean {
  return /^https?:\/\//i.test(shard);
}
