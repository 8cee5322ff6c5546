import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@bcl/random';
import { kFold } from '../kFold.js';
import { loadDataset } from '../loadDataset.js';
import { longTail } from '../longTail.js';
import { readNpy } from '../python/readNpy.js';
import { subset } from '../subset.js';
import { cifar10h } from './cifar10h.js';
import { cifar100 } from './cifar100.js';
import { cifar100Kind } from './cifarKind.js';

const folder = process.env.BCL_DATA || join(__dirname, '../../../../../shared/data');

/** The tests of a real file, skipped where it is not. */
function withReal(name: string): jest.Describe {
  const there = existsSync(join(folder, name));
  if (!there) console.log(`skipped: no ${name} in ${folder}; BCL_DATA names the folder`);
  return there ? describe : describe.skip;
}

function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

/** How often each class comes. */
function countsOf(labels: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

const archive = join(folder, 'cifar-10-binary.tar.gz');

withReal('cifar-10h')('the real CIFAR-10H', () => {
  const labels = join(folder, 'cifar-10h');

  test('is 511 000 judgements of 10 000 images, and their shares', async () => {
    const counts = await readNpy(join(labels, 'cifar10h-counts.npy'));
    const probs = await readNpy(join(labels, 'cifar10h-probs.npy'));
    expect([counts.type, counts.shape, probs.type, probs.shape]).toEqual([
      ...['<i8', [10_000, 10], '<f8', [10_000, 10]],
    ]);
    expect(sumOf(counts.data)).toBe(511_000);
    for (let i = 0; i < 10_000; i++) {
      const row = counts.data.subarray(10 * i, 10 * i + 10);
      const sum = sumOf(row);
      for (let k = 0; k < 10; k++) {
        if (probs.data[10 * i + k] !== (row[k] as number) / sum) throw new Error(`row ${i}`);
      }
    }
  });

  (existsSync(archive) ? test : test.skip)(
    'goes with the test images in their order, from shares and from counts, in ten folds',
    async () => {
      const human = await cifar10h(labels, { images: archive });
      const counted = await cifar10h(join(labels, 'cifar10h-counts.npy'), { images: archive });
      const rows = human.softLabels as Float32Array;
      expect(counted.softLabels?.every((share, i) => share === rows[i])).toBe(true);
      // Known of the published files: the most likely class is CIFAR-10's for 99.2 %, its share 0.954 in the mean.
      let agreed = 0;
      let largest = 0;
      for (let i = 0; i < 10_000; i++) {
        const row = rows.subarray(10 * i, 10 * i + 10);
        const most = Math.max(...row);
        largest += most / 10_000;
        if (row.indexOf(most) === human.labels[i]) agreed++;
      }
      expect(Math.round(agreed / 10)).toBe(992);
      expect(largest).toBeCloseTo(0.954, 3);

      const folds = kFold(human, { folds: 10, random: createRandom(1) });
      for (const { train, test } of folds) {
        expect([train.length, test.length]).toEqual([9000, 1000]);
        const counts = countsOf(
          Array.from(test, (i) => human.labels[i] as number),
          10,
        );
        expect(counts).toEqual(new Array(10).fill(100));
      }
      const { softLabels } = subset(human, folds[3]?.test ?? []);
      expect(softLabels?.length).toBe(10_000);
    },
    120_000,
  );
});

withReal('cifar-100-sample.tar.gz')('real CIFAR-100 images', () => {
  test('are read with both kinds of labels, and the names that come along are the known ones', async () => {
    const sample = join(folder, 'cifar-100-sample.tar.gz');
    const train = await loadDataset(sample);
    expect([train.name, train.labels.length]).toEqual(['cifar100', 5000]);
    const counts = countsOf(train.labels, 100);
    expect(counts).toEqual(new Array(100).fill(50));
    const coarse = await cifar100(sample, { split: 'test', labels: 'coarse' });
    expect(coarse.labels.length).toBe(1000);
    for (const labels of ['fine', 'coarse'] as const) {
      const { classNames } = await cifar100(sample, { labels, split: 'test' });
      expect(classNames).toEqual(cifar100Kind(labels).label.classNames);
    }
    // Five fine classes make a coarse one.
    const fine = await cifar100(sample, { split: 'test' });
    const parents = new Map<number, Set<number>>();
    for (let i = 0; i < 1000; i++) {
      const parent = coarse.labels[i] as number;
      parents.set(parent, (parents.get(parent) ?? new Set()).add(fine.labels[i] as number));
    }
    expect([...parents.values()].map(({ size }) => size)).toEqual(new Array(20).fill(5));
  }, 60_000);
});

withReal('cifar-10-binary.tar.gz')('long-tailed CIFAR-10', () => {
  test('has the published counts', async () => {
    const train = await loadDataset(archive);
    const tail = longTail(train, { imbalance: 100, random: createRandom(0) });
    const counts = countsOf(tail.labels, 10);
    expect(counts).toEqual([5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]);
  }, 120_000);
});
