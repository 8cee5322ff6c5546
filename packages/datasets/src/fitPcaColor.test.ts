import type { Dataset } from './dataset.js';
import { fitPcaColor } from './fitPcaColor.js';
import { goldenAugment } from './fixtures/goldenAugment.js';
import { streamOf } from './fixtures/streamOf.js';

const { shape, images, eigenvalues, eigenvectors } = goldenAugment.pca;
const dataset: Dataset = {
  name: 'golden',
  images: Uint8Array.from(images),
  labels: new Uint8Array(shape[0]),
  shape: [shape[1], shape[2], shape[3]],
  classNames: ['any'],
};

describe('fitPcaColor', () => {
  test.each([
    ['a data set', dataset],
    ['a stream', streamOf(dataset)],
  ])('finds what numpy finds: %s', async (_, source) => {
    const found = await fitPcaColor(source);
    await expect(found.eigenvalues).toBeAllClose(eigenvalues, { rtol: 1e-9 });
    await expect(found.eigenvectors.flat()).toBeAllClose(eigenvectors.flat(), { atol: 1e-9 });
  });

  test('finds nothing in flat images, and one direction in grey ones', async () => {
    const flat = { ...dataset, images: dataset.images.map(() => 77) };
    await expect((await fitPcaColor(flat)).eigenvalues).toBeAllClose([0, 0, 0], { atol: 1e-12 });
    const grey = {
      ...dataset,
      images: dataset.images.map((_, i, all) => all[i - (i % 3)] as number),
    };
    const found = await fitPcaColor(grey);
    expect(found.eigenvalues[0]).toBeGreaterThan(0.01);
    await expect(found.eigenvalues.slice(1)).toBeAllClose([0, 0], { atol: 1e-12 });
    const third = Math.sqrt(1 / 3);
    await expect(found.eigenvectors.map((row) => row[0] as number)).toBeAllClose([
      third,
      third,
      third,
    ]);
  });

  test('refuses a stream without images, or with other ones than it says', async () => {
    const empty = { ...streamOf(dataset), async *open() {} };
    await expect(fitPcaColor(empty)).rejects.toThrow(
      new RangeError('fitPcaColor: golden gave no images'),
    );
    const other = streamOf({ ...dataset, images: new Uint8Array(45) });
    await expect(fitPcaColor({ ...other, shape: [2, 2, 3] })).rejects.toThrow(
      new RangeError(
        'fitPcaColor: images of golden must be 12 bytes, [2, 2, 3], got 45 in golden/0',
      ),
    );
    await expect(fitPcaColor({ ...other, classNames: [] })).rejects.toThrow(
      'fitPcaColor: labels of golden must be 0..-1, one for each of the 0 class names, got 0 for golden/0',
    );
  });
});
