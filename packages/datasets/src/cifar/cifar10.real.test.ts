import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { golden } from '../fixtures/golden.js';
import { Preprocessing } from '../preprocessing.js';
import { cifar10 } from './cifar10.js';

const folder = process.env.BCL_DATA || join(__dirname, '../../../../../shared/data');
const archive = join(folder, 'cifar-10-binary.tar.gz');
const there = existsSync(archive);
if (!there) console.log(`skipped: no real CIFAR-10 at ${archive}; BCL_DATA names the folder`);

(there ? describe : describe.skip)('the real CIFAR-10', () => {
  test('is read whole, and gives the published constants', async () => {
    const train = await cifar10(archive);
    expect(train.labels.length).toBe(50_000);
    const counts = new Array<number>(10).fill(0);
    for (const label of train.labels) counts[label] = (counts[label] as number) + 1;
    expect(counts).toEqual(new Array(10).fill(5000));
    expect(train.classNames.join(' ')).toBe(
      'airplane automobile bird cat deer dog frog horse ship truck',
    );

    const { bc, bcPlus } = golden.constants.cifar10;
    const cases = [
      ['standard', bc, 1],
      ['bc', bc, 1],
      ['bc+', bcPlus, 2],
    ] as const;
    for (const [method, constants, digits] of cases) {
      const { mean, std } = Preprocessing.fit(train, method);
      // Published with one digit, the means of BC+ with two.
      expect(mean.map((x) => Number(x.toFixed(digits)))).toEqual(constants.mean);
      expect(std.map((x) => Number(x.toFixed(1)))).toEqual(constants.std);
    }
  }, 120_000);

  test('gives its first images without reading on', async () => {
    const first = await cifar10(archive, { limit: 100 });
    expect(Array.from(first.labels.slice(0, 10))).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    expect(first.images.length).toBe(100 * 3072);
    // The frog's first pixels, as the data set's own Python version has them.
    expect(Array.from(first.images.slice(0, 6))).toEqual([59, 62, 63, 43, 46, 45]);
    const test = await cifar10(archive, { split: 'test', limit: 10 });
    expect(Array.from(test.labels)).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
  }, 120_000);
});
