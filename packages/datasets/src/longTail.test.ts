import { createHash } from 'node:crypto';
import { createRandom } from '@bcl/random';
import type { Dataset } from './dataset.js';
import { embedded } from './embedded.js';
import { indicesByClass } from './indicesByClass.js';
import { longTail, longTailCounts } from './longTail.js';

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);

describe('longTailCounts', () => {
  // The published counts: class-balanced loss, data_utils.py, and the tables of those who use it.
  test.each([
    [10, [5000, 3871, 2997, 2320, 1796, 1391, 1077, 834, 645, 500], 20_431, 19_573],
    [20, [5000, 3584, 2569, 1842, 1320, 946, 678, 486, 348, 250], 17_023, 15_907],
    [50, [5000, 3237, 2096, 1357, 878, 568, 368, 238, 154, 100], 13_996, 12_608],
    [100, [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50], 12_406, 10_847],
    [200, [5000, 2775, 1540, 854, 474, 263, 146, 81, 45, 25], 11_203, 9502],
  ])(
    'gives the published counts of CIFAR, imbalance %i',
    (imbalance, counts, total10, total100) => {
      expect(longTailCounts(10, 5000, { imbalance })).toEqual(counts);
      expect(sum(counts)).toBe(total10);
      const hundred = longTailCounts(100, 500, { imbalance });
      expect(sum(hundred)).toBe(total100);
      expect(hundred[99]).toBe(Math.floor(500 / imbalance));
    },
  );

  test('goes in one step', () => {
    const step = (classes: number) =>
      longTailCounts(classes, 500, { imbalance: 100, profile: 'step' });
    expect(step(4)).toEqual([500, 500, 5, 5]);
    expect(step(5)).toEqual([500, 500, 500, 5, 5]);
  });

  test('keeps all at imbalance 1, and of one class', () => {
    expect(longTailCounts(3, 7, { imbalance: 1 })).toEqual([7, 7, 7]);
    expect(longTailCounts(1, 7, { imbalance: 5 })).toEqual([7]);
  });

  test('says what its arguments must be', () => {
    expect(() => longTailCounts(10, 5000, { imbalance: 0.01 })).toThrow(
      new RangeError('longTailCounts: imbalance must be a number from 1, got 0.01'),
    );
    expect(() => longTailCounts(10, 100, { imbalance: 200 })).toThrow(
      'every class must keep an image, got none of class 8 with 100 at most and imbalance 200',
    );
    expect(() => longTailCounts(2, 9, { imbalance: 2, profile: 'linear' as 'step' })).toThrow(
      "profile must be 'exponential' or 'step', got 'linear'",
    );
  });
});

describe('longTail', () => {
  const all = embedded({ size: 500 });
  const hash = ({ images, labels }: Dataset) =>
    createHash('sha256').update(images).update(labels).digest('hex');
  const counts = (set: Dataset) => indicesByClass(set).map(({ length }) => length);

  test('keeps so many of each class, in their order, and nothing of the set is changed', () => {
    const before = hash(all);
    const tail = longTail(all, { imbalance: 10, random: createRandom(1) });
    expect(counts(tail)).toEqual(longTailCounts(10, 50, { imbalance: 10 }));
    expect(tail.name).toBe('embedded-lt10');
    expect(hash(all)).toBe(before);
    // Each is an image of the set with its label, and they come in the set's order.
    let at = -1;
    for (let i = 0; i < tail.labels.length; i++) {
      const image = Buffer.from(tail.images.subarray(i * 3072, (i + 1) * 3072));
      const found = Buffer.from(all.images).indexOf(image, (at + 1) * 3072) / 3072;
      expect(found).toBeGreaterThan(at);
      expect(tail.labels[i]).toBe(all.labels[found]);
      at = found;
    }
  });

  test('chooses the same for the same seed, and others for another', () => {
    const draw = (seed: number) => longTail(all, { imbalance: 50, random: createRandom(seed) });
    expect(hash(draw(1))).toBe(hash(draw(1)));
    expect(hash(draw(1))).not.toBe(hash(draw(2)));
    expect(counts(draw(1))).toEqual(counts(draw(2)));
  });

  test('goes by steps when asked', () => {
    const random = createRandom(1);
    const tail = longTail(all, { imbalance: 25, profile: 'step', random });
    expect(counts(tail)).toEqual([50, 50, 50, 50, 50, 2, 2, 2, 2, 2]);
    expect(tail.name).toBe('embedded-step25');
  });

  test('keeps all of a class that has fewer than it would keep', () => {
    const uneven = { ...all, labels: all.labels.map((label) => (label === 1 ? 0 : label)) };
    uneven.labels[1] = 1;
    const tail = longTail(uneven, { imbalance: 2, random: createRandom(1) });
    expect(counts(tail).slice(0, 3)).toEqual([99, 1, 50]);
  });
});
