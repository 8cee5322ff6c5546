import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolder } from '../fixtures/cifar.js';
import { fuzz } from '../fixtures/fuzz.js';
import { flat, writeAt, writeClasses } from '../fixtures/images.js';
import { read } from '../fixtures/read.js';
import { imageNet } from './imageNet.js';

const meta = join(__dirname, '../fixtures/imagenet-meta.mat');
const TRUTH = 'ILSVRC2012_validation_ground_truth.txt';
/** The classes of the fixture in the order of their ids; the devkit numbers them 3, 2, 1, 4. */
const wnids = ['n02012849', 'n02100735', 'n02119789', 'n03126707'];
const words = [
  'crane (n02012849)',
  'English setter',
  'kit fox, Vulpes macrotis',
  'crane (n03126707)',
];
const LIST =
  'n02119789 kit fox, Vulpes macrotis\nn02012849 crane\nn03126707 crane\nn02100735 English setter\n';
const SOLUTION = `ImageId,PredictionString
ILSVRC2012_val_00000002,n03126707 85 1 499 272
ILSVRC2012_val_00000001,n02119789 1 2 3 4 n02119789 5 6 7 8
ILSVRC2012_val_00000003,n02012849 1 2 3 4
`;

const valName = (i: number) => `ILSVRC2012_val_${String(i).padStart(8, '0')}.JPEG`;

async function writeFlat(folder: string, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    await writeAt(
      join(folder, valName(i)),
      await flat([10 * i, 10 * i, 10 * i], { format: 'jpeg' }),
    );
  }
}

async function putDevkit(folder: string, truth = '1\n4\n3\n'): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(meta, join(folder, 'meta.mat'));
  await writeAt(join(folder, TRUTH), truth);
}

const labels = async (root: string, options = {}) =>
  (await read(await imageNet(root, { split: 'test', size: 1, ...options }))).map(
    ({ key, label }) => [key, label],
  );
const flatLabels = [
  [valName(1), 2],
  [valName(2), 3],
  [valName(3), 0],
];

describe('imageNet', () => {
  test('numbers classes by their ids, and names them from the devkit', () =>
    withFolder(async (root) => {
      await writeClasses(join(root, 'train'), { n03126707: 1, n02012849: 2 });
      await putDevkit(join(root, 'ILSVRC2012_devkit_t12/data'));
      const train = await imageNet(root, { size: 4 });
      expect(train).toMatchObject({ name: 'ImageNet train', size: 3, wnids, classNames: words });
      expect((await read(train)).map(({ key, label }) => [key, label])).toEqual([
        ['n02012849/000.png', 0],
        ['n02012849/001.png', 0],
        ['n03126707/000.png', 3],
      ]);
    }));

  test('labels a flat val by the devkit, wherever that lies', () =>
    withFolder(async (root) => {
      const data = join(root, 'data');
      await writeFlat(join(data, 'val'), 3);
      await putDevkit(join(root, 'kit/data'));
      expect(await labels(data, { devkit: join(root, 'kit') })).toEqual(flatLabels);
      await putDevkit(join(data, 'devkit'));
      expect(await labels(data)).toEqual(flatLabels);
    }));

  test("labels a flat val by Kaggle's lists, in Kaggle's folders", () =>
    withFolder(async (root) => {
      await writeFlat(join(root, 'ILSVRC/Data/CLS-LOC/val'), 3);
      await writeAt(join(root, 'LOC_synset_mapping.txt'), LIST);
      await writeAt(join(root, 'LOC_val_solution.csv'), SOLUTION);
      expect(await labels(root)).toEqual(flatLabels);
      expect((await imageNet(root, { split: 'test', size: 1 })).classNames).toEqual(words);
    }));

  test('reads val by class, with and without names', () =>
    withFolder(async (root) => {
      await writeClasses(join(root, 'train'), { n02012849: 1, n03126707: 1 });
      await writeClasses(join(root, 'val'), { n03126707: 1 });
      expect(await labels(root)).toEqual([['n03126707/000.png', 1]]);
      expect((await imageNet(root, { size: 1 })).classNames).toEqual(['n02012849', 'n03126707']);
      await writeAt(join(root, 'synset_words.txt'), LIST);
      expect(await labels(root)).toEqual([['n03126707/000.png', 3]]);
      await rm(join(root, 'train'), { recursive: true });
      expect(await labels(root)).toEqual([['n03126707/000.png', 3]]);
    }));

  test('says what is missing', () =>
    withFolder(async (root) => {
      await expect(imageNet(root, { size: 1 })).rejects.toThrow(
        `imageNet: ${root} must hold the folder train, itself or in ILSVRC/Data/CLS-LOC; unpack the tar of that part into it`,
      );
      await writeFlat(join(root, 'val'), 3);
      const flatNeeds = `imageNet: ${root}/val is flat, so its labels are needed: meta.mat and ${TRUTH} of the devkit, or LOC_val_solution.csv`;
      await expect(labels(root)).rejects.toThrow(flatNeeds);
      await writeAt(join(root, 'synset_words.txt'), LIST);
      await writeAt(join(root, TRUTH), '1\n');
      await expect(labels(root)).rejects.toThrow(flatNeeds);
      await rm(join(root, 'synset_words.txt'));
      await putDevkit(root, '1\n4\n');
      await expect(labels(root)).rejects.toThrow(
        new RangeError(`imageNet: the labels must tell the class of ${root}/val/${valName(3)}`),
      );
      await writeClasses(join(root, 'train'), { n99999999: 1 });
      await expect(imageNet(root, { size: 1 })).rejects.toThrow(
        `imageNet: the folders of ${root}/train must be among the 4 classes, got 'n99999999'`,
      );
    }));

  test.each([
    ['meta.mat', 'no MAT file', 'it must be a little-endian MAT file of version 5'],
    ['synset_words.txt', 'tench\n', 'a class must have an id such as n01440764, got "tenc"'],
    ['synset_words.txt', `${LIST}${LIST}`, 'it holds n02119789 more than once'],
    ['synset_words.txt', '\n', 'it names no classes'],
    [
      'LOC_val_solution.csv',
      'ImageId,PredictionString\nx,dog 1\n',
      'row 1 names no image or no class',
    ],
    ['LOC_val_solution.csv', 'ImageId,PredictionString\nx\n', 'Invalid Record Length'],
  ])('names a damaged %s', (name, content, message) =>
    withFolder(async (root) => {
      await writeFlat(join(root, 'val'), 1);
      if (name.startsWith('LOC')) await writeAt(join(root, 'synset_words.txt'), LIST);
      await writeAt(join(root, name), content);
      const error = await labels(root).catch((reason: Error) => reason as Error);
      expect((error as Error).message).toContain(
        `imageNet: cannot read ${root}/${name}: ${message}`,
      );
      expect((error as Error).message).toMatch(/; download it again, or remove it$/);
    }),
  );

  test('names a line of the ground truth that is no class', () =>
    withFolder(async (root) => {
      await writeFlat(join(root, 'val'), 2);
      await putDevkit(root, '1\n5\n');
      await expect(labels(root)).rejects.toThrow("line 2 must be the number of a class, got '5'");
    }));

  test('reads or refuses damaged lists', () =>
    withFolder(async (root) => {
      await writeFlat(join(root, 'val'), 1);
      const files = { 'LOC_synset_mapping.txt': LIST, 'LOC_val_solution.csv': SOLUTION };
      for (const [name, content] of Object.entries(files)) {
        await writeAt(join(root, name), content);
      }
      for (const [name, content] of Object.entries(files)) {
        const refused = await fuzz(
          [Buffer.from(content)],
          async (bytes) => {
            await writeAt(join(root, name), bytes);
            await imageNet(root, { split: 'test', size: 1 });
          },
          { count: 300, seed: name, named: ({ message }) => message.startsWith('imageNet: ') },
        );
        expect(refused).toBeGreaterThan(20);
        await writeAt(join(root, name), content);
      }
    }));
});
