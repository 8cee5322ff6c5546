import { createRandom, type SeededRandom, shuffled } from '@bcl/random';
import { show } from '../dataset.js';
import type { OpenOptions } from '../stream.js';

/** The examples of an epoch that are one process's, after those to skip: places and which examples have them. */
export function* places(
  count: number,
  options: OpenOptions,
): Generator<readonly [place: number, example: number]> {
  const { epoch, seed, skip = 0, shard = { index: 0, count: 1 } } = options;
  const order = seed === null ? undefined : shuffled(epochRandom(seed, epoch), count);
  for (let place = skip; ; place++) {
    const at = place * shard.count + shard.index;
    if (at >= count) return;
    yield [place, order ? (order[at] as number) : at];
  }
}

/** What an epoch's order is drawn from. */
export function epochRandom(seed: number | string, epoch: number): SeededRandom {
  return createRandom(seed).stream('shuffle').stream(String(epoch));
}

/** Refuses options that open no stream; `caller` begins the message. */
export function checkOpen(caller: string, options: OpenOptions): void {
  const { epoch, seed, skip = 0, shard } = options;
  const whole = (value: unknown, from: number) =>
    Number.isSafeInteger(value) && (value as number) >= from;
  if (!whole(epoch, 0)) {
    throw new RangeError(`${caller}: epoch must be a whole number from 0, got ${show(epoch)}`);
  }
  if (seed !== null && typeof seed !== 'string' && !Number.isFinite(seed)) {
    throw new TypeError(`${caller}: seed must be a finite number, text or null, got ${show(seed)}`);
  }
  if (!whole(skip, 0)) {
    throw new RangeError(`${caller}: skip must be a whole number from 0, got ${show(skip)}`);
  }
  if (shard && !(whole(shard.count, 1) && whole(shard.index, 0) && shard.index < shard.count)) {
    throw new RangeError(
      `${caller}: shard must be { index, count } with index from 0 and below count, got ${JSON.stringify(shard)}`,
    );
  }
}
