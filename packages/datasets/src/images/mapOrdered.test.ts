import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { mapOrdered } from './mapOrdered.js';

/** Numbers 0 .. count − 1, and whether the source was closed. */
function source(count: number) {
  const state = { given: 0, closed: false };
  async function* items() {
    try {
      for (; state.given < count; ) yield state.given++;
    } finally {
      state.closed = true;
    }
  }
  return { state, items: items() };
}

describe('mapOrdered', () => {
  test('gives results in the order of the items, whichever ends first', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        async (delays, ahead) => {
          const { items, state } = source(delays.length);
          const given: number[] = [];
          const later = async (item: number) => {
            for (let i = 0; i < (delays[item] as number); i++) await Promise.resolve();
            return 10 * item;
          };
          for await (const result of mapOrdered(items, ahead, later)) given.push(result);
          expect(given).toEqual(delays.map((_, i) => 10 * i));
          expect(state.closed).toBe(true);
        },
      ),
      { numRuns: 50 },
    ));

  test('runs no more than so many ahead of its consumer, and so many at once', async () => {
    const { items, state } = source(100);
    let running = 0;
    let most = 0;
    const results = mapOrdered(items, 4, async (item) => {
      most = Math.max(most, ++running);
      await wait(1);
      running--;
      return item;
    });
    for (let taken = 1; taken <= 10; taken++) {
      await results.next();
      await wait(5);
      expect(state.given).toBe(taken + 4);
    }
    expect(most).toBe(4);
    await results.return();
    expect(state).toEqual({ given: 14, closed: true });
  });

  test('ends with the first failure in the order, after what went well before it', async () => {
    const { items, state } = source(10);
    const given: number[] = [];
    const run = async () => {
      for await (const result of mapOrdered(items, 4, async (item) => {
        if (item === 3) throw new Error('late');
        if (item === 2) {
          await wait(5);
          throw new Error('early');
        }
        return item;
      }))
        given.push(result);
    };
    await expect(run()).rejects.toThrow('early');
    expect(given).toEqual([0, 1]);
    expect(state.closed).toBe(true);
  });

  test('fails as its source does', async () => {
    async function* failing() {
      yield 1;
      throw new Error('source');
    }
    const results = mapOrdered(failing(), 3, async (item) => item);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await expect(results.next()).rejects.toThrow('source');
  });
});
