import { availableParallelism } from 'node:os';
import { availableThreads, parseCpuMax } from './availableThreads.js';

describe('availableThreads', () => {
  test('is a whole number from 1 to the processors of this machine', () => {
    const threads = availableThreads();
    expect(Number.isInteger(threads)).toBe(true);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(availableParallelism());
  });

  test.each([
    ['max 100000\n', Number.POSITIVE_INFINITY],
    ['200000 100000\n', 2],
    ['150000 100000\n', 2],
    ['50000 100000\n', 1],
    ['', Number.POSITIVE_INFINITY],
    ['nonsense', Number.POSITIVE_INFINITY],
  ])('reads the share %j of a container as %d', (text, expected) => {
    expect(parseCpuMax(text)).toBe(expected);
  });
});
