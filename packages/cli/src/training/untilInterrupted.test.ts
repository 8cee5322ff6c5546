import { untilInterrupted } from './untilInterrupted.js';

/** Counts up until it is left, and then says so. */
async function* numbers(left: () => void): AsyncGenerator<number> {
  try {
    for (let n = 1; ; n++) yield n;
  } finally {
    left();
  }
}

describe('untilInterrupted', () => {
  let text: string;
  beforeEach(() => {
    text = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
      text += part;
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves the source after the item at hand on %s',
    async (signal) => {
      const left = jest.fn();
      const interrupted = jest.fn();
      const before = process.listenerCount(signal);
      const seen: number[] = [];
      for await (const n of untilInterrupted(numbers(left), interrupted)) {
        seen.push(n);
        if (n === 3) process.emit(signal, signal);
      }
      expect(seen).toEqual([1, 2, 3]);
      expect(left).toHaveBeenCalledTimes(1);
      expect(interrupted).toHaveBeenCalledTimes(1);
      expect(text).toContain('stopping after this step');
      expect(process.listenerCount(signal)).toBe(before);
    },
  );

  test('ends the program at the second signal', async () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    for await (const _ of untilInterrupted(numbers(jest.fn()), jest.fn())) {
      process.emit('SIGINT', 'SIGINT');
      process.emit('SIGINT', 'SIGINT');
    }
    expect(exit).toHaveBeenCalledWith(130);
  });

  test('passes on all of a source that ends, and its error', async () => {
    async function* failing() {
      yield 1;
      throw new Error('no more');
    }
    const seen: number[] = [];
    const all = async () => {
      for await (const n of untilInterrupted(failing(), jest.fn())) seen.push(n);
    };
    await expect(all()).rejects.toThrow('no more');
    expect(seen).toEqual([1]);
  });
});
