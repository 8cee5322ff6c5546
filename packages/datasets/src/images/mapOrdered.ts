const END = Symbol('end');

/**
 * Maps items, up to `ahead` of them at a time, and gives the results in the items' order. It reads on while its
 * consumer works, until `ahead` results wait. When it is left, or an item or a result fails, it
 * closes the source and waits for what is under way.
 */
export async function* mapOrdered<T, R>(
  items: AsyncGenerator<T, void, undefined>,
  ahead: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const waiting: Promise<R | typeof END>[] = [];
  const start = () => {
    // A generator takes further calls while it works on one, and serves them in turn.
    const result = items.next().then<R | typeof END>((next) => (next.done ? END : map(next.value)));
    result.catch(() => {}); // met below in its turn, or not at all
    waiting.push(result);
  };
  try {
    for (let i = 0; i < ahead; i++) start();
    for (;;) {
      const result = await (waiting.shift() as Promise<R | typeof END>);
      if (result === END) return;
      start();
      yield result;
    }
  } finally {
    await items.return();
    await Promise.allSettled(waiting);
  }
}
