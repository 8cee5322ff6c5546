import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type JobData, jobData, type Sources } from './jobData.js';

const drawn: Sources = { cifar10: 'embedded', cifar100: 'embedded', cifar10h: 'cifar10h' };

/** Images of each class. */
function counts({ labels }: { labels: ArrayLike<number> }): number[] {
  const found = new Array<number>(10).fill(0);
  for (const label of Array.from(labels)) found[label] = (found[label] as number) + 1;
  return found;
}

/** Whether two jobs train on the same images; Jest takes long to compare them. */
function same(a: JobData | undefined, b: JobData | undefined): boolean {
  return Buffer.compare(a?.train.images as Uint8Array, b?.train.images as Uint8Array) === 0;
}

describe('jobData', () => {
  test('reads the first images of a set', async () => {
    const options = { sources: drawn, limit: 30, testLimit: 20 };
    const { train, test } = await jobData({ name: 'cifar10' }, 1, options);
    expect([train.labels.length, test.labels.length]).toEqual([30, 20]);
  });

  test('thins out the classes of a long tail, by chance of the trial, and leaves the test set', async () => {
    const options = { sources: drawn, limit: 1000, testLimit: 100 };
    const recipe = { name: 'cifar10', imbalance: 10 } as const;
    const [first, again, second] = await Promise.all(
      [1, 1, 2].map((trial) => jobData(recipe, trial, options)),
    );
    // 100 · 10^(-i / 9), rounded down.
    expect(counts(first?.train as never)).toEqual([100, 77, 59, 46, 35, 27, 21, 16, 12, 10]);
    expect(counts(first?.test as never)).toEqual(new Array(10).fill(10));
    expect(same(again, first)).toBe(true);
    expect(same(second, first)).toBe(false);
  });
});

const shared = process.env.BCL_DATA || join(__dirname, '../../../../../shared/data');
const here = existsSync(join(shared, 'cifar-10h'));
if (!here) console.log(`skipped: no real CIFAR-10H in ${shared}; BCL_DATA names the folder`);

(here ? describe : describe.skip)('jobData of the real CIFAR-10H', () => {
  const cifar10 = join(shared, 'cifar-10-binary.tar.gz');
  const sources = { cifar10, cifar100: 'cifar100', cifar10h: join(shared, 'cifar-10h') };

  test('deals its images out to ten folds, with the votes or the classes', async () => {
    const recipe = (humanLabels: 'soft' | 'hard') => ({ name: 'cifar10', humanLabels }) as const;
    const soft = await jobData(recipe('soft'), 3, { sources });
    expect([soft.train.labels.length, soft.test.labels.length]).toEqual([9000, 1000]);
    expect(soft.train.softLabels).toHaveLength(90_000);
    expect(soft.test.softLabels).toBeUndefined();
    const hard = await jobData(recipe('hard'), 3, { sources });
    expect(hard.train.softLabels).toBeUndefined();
    expect(same(hard, soft)).toBe(true);
    const other = await jobData(recipe('hard'), 4, { sources });
    expect(same(other, hard)).toBe(false);
  });
});
