import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { goldenFile, goldenPath } from '../testing/golden.js';
import { readWeights } from './readWeights.js';

/** A list of tensors that a file must give, and the files. */
interface Golden {
  tiny: Expected[];
  checkpoint: Expected[];
  oddNames: Expected[];
  files: { file: string; expect: 'tiny' | 'checkpoint' | 'oddNames'; under?: string }[];
  refuse: { file: string; why: string }[];
}

interface Expected {
  name: string;
  dtype: string;
  shape: number[];
  values: (number | string)[];
}

const golden = goldenFile<Golden>('weights/tiny.json');

// -0 is one of the values.
const same = (actual: number[], expected: number[]) =>
  actual.length === expected.length && actual.every((x, i) => Object.is(x, expected[i]));

describe.each(golden.files)('$file', ({ file, expect: list, under }) => {
  test.each([
    ['a path', (path: string) => path],
    ['a URL', (path: string) => pathToFileURL(path)],
    ['bytes', (path: string) => readFileSync(path)],
  ])('gives the tensors that PyTorch put in, read as %s', async (_, source) => {
    const options = under === undefined ? {} : { under };
    const tensors = await readWeights(source(goldenPath(`weights/${file}`)), options);
    expect([...tensors.keys()].sort()).toEqual(golden[list].map(({ name }) => name).sort());
    for (const { name, dtype, shape, values } of golden[list]) {
      const tensor = tensors.get(name);
      expect(tensor).toMatchObject({ name, dtype, shape, size: values.length });
      const actual = Array.from(tensor?.values() ?? [], Number);
      expect({ name, same: same(actual, values.map(Number)), actual }).toMatchObject({
        same: true,
      });
    }
  });
});

test('a checkpoint is opened where its state dict is, unasked', async () => {
  const tensors = await readWeights(goldenPath('weights/checkpoint.pth'));
  expect([...tensors.keys()]).toEqual(['module.fc.weight', 'module.fc.bias']);
});

describe('a file that is not to be read', () => {
  test.each(golden.refuse)('is refused by its name: $file ($why)', async ({ file }) => {
    const path = goldenPath(`weights/${file}`);
    const error = await readWeights(path).then(
      () => new TypeError('it was read'),
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error.constructor.name).toBe('Error');
    expect(error.message).toContain(`readWeights: ${path} `);
    expect(error.message.length).toBeLessThan(path.length + 300);
  });
});
