import { type Random, uniformInt } from '@bcl/random';

/**
 * The same items in a drawn order, with no more than `size` held: each that comes takes the place of one that goes. Items
 * further apart than the buffer is long stay roughly in their order.
 */
export async function* shuffleBuffer<T>(
  items: AsyncIterable<T>,
  size: number,
  random: Random,
): AsyncGenerator<T, void, undefined> {
  const held: T[] = [];
  for await (const item of items) {
    if (held.length < size) {
      held.push(item);
      continue;
    }
    const i = uniformInt(random, size);
    const leaving = held[i] as T;
    held[i] = item;
    yield leaving;
  }
  while (held.length > 0) {
    const i = uniformInt(random, held.length);
    const last = held.pop() as T;
    if (i === held.length) yield last;
    else {
      yield held[i] as T;
      held[i] = last;
    }
  }
}
