import fc from 'fast-check';
import { bitsAt, deriveSeed, streamKey } from './counterHash.js';

test('bitsAt gives the same numbers in every release', () => {
  const key = streamKey(42, 3, 5);
  expect([0, 1, 2, 3].map((i) => bitsAt(key, i))).toEqual([
    14758934, 1107294038, 1471711734, 262841155,
  ]);
  expect(deriveSeed(42, 'init/conv11')).toBe(4565956752167053);
});

test('bitsAt is spread evenly over its 32 bits, from one number and one seed to the next', () => {
  const key = streamKey(1);
  const high = new Array(256).fill(0);
  const low = new Array(256).fill(0);
  const jump = new Array(256).fill(0);
  const first = new Array(256).fill(0);
  const placed = new Array(256).fill(0);
  for (let i = 0; i < 65536; i++) {
    const bits = bitsAt(key, i);
    high[bits >>> 24]++;
    low[bits & 255]++;
    jump[(bits - bitsAt(key, i + 1)) >>> 24]++;
    first[bitsAt(streamKey(i), 0) >>> 24]++;
    placed[bitsAt(streamKey(1, i >>> 8, i & 255), 0) >>> 24]++;
  }
  // Chi squared with 255 degrees of freedom lies within 255 ± 5 · sqrt(2 · 255).
  for (const counts of [high, low, jump, first, placed]) {
    const chi = counts.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
    expect(Math.abs(chi - 255)).toBeLessThan(113);
  }
});

test('any other seed, place or element gives half of the bits anew', () => {
  const base = bitsAt(streamKey(7, 1, 2), 3);
  const flips: number[] = [];
  for (let i = 1; i <= 256; i++) {
    const others = [
      bitsAt(streamKey(7 + i, 1, 2), 3),
      bitsAt(streamKey(7 + i * 2 ** 32, 1, 2), 3),
      bitsAt(streamKey(7, 1 + i, 2), 3),
      bitsAt(streamKey(7, 1, 2 + i), 3),
      bitsAt(streamKey(7, 1, 2), 3 + i),
    ];
    flips.push(...others.map((bits) => ones(base ^ bits)));
  }
  const mean = flips.reduce((sum, n) => sum + n, 0) / flips.length;
  // Five standard deviations of the mean of 1280 draws with a deviation of sqrt(8).
  expect(Math.abs(mean - 16)).toBeLessThan(0.4);
});

test('deriveSeed gives an exact integer, another for each seed and name', () => {
  const seed = fc.maxSafeInteger();
  fc.assert(
    fc.property(seed, fc.string(), fc.string(), (seed, one, two) => {
      const derived = deriveSeed(seed, one);
      expect(Number.isSafeInteger(derived)).toBe(true);
      expect(derived).toBeGreaterThanOrEqual(0);
      expect(deriveSeed(seed, one)).toBe(derived);
      expect(deriveSeed(seed, two) === derived).toBe(one === two);
      expect(deriveSeed(seed - 1, one)).not.toBe(derived);
    }),
  );
});

function ones(word: number): number {
  return (word >>> 0).toString(2).replaceAll('0', '').length;
}
