import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRun } from '../testing/writeRun.js';
import type { ComparisonGroup } from './Comparison.js';
import { comparisonCsv } from './comparisonCsv.js';
import { comparisonMarkdown } from './comparisonMarkdown.js';
import { readComparison } from './readComparison.js';
import { writeComparison } from './writeComparison.js';

let root: string;
let groups: ComparisonGroup[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bcl-comparison-'));
  await writeRun(join(root, 'a1'), { testErrors: [60, 40, 42] });
  await writeRun(join(root, 'a2'), { testErrors: [60, 50, 44] });
  await writeRun(join(root, 'b1'), { testErrors: [70, 30], epochs: 3 });
  groups = [
    {
      name: 'ConvNet, BC+',
      settings: { model: 'ConvNet', method: 'BC+' },
      runs: [join(root, 'a1'), join(root, 'a2'), join(root, 'a3')],
      published: { error: 45, standardError: 0.5, source: 'a paper, Table 1' },
    },
    { name: 'ConvNet, standard', settings: { model: 'ConvNet' }, runs: [join(root, 'b1')] },
    { name: 'ConvNet | "BC"', settings: { method: 'BC' }, runs: [] },
  ];
});
afterEach(() => rm(root, { recursive: true }));

describe('comparisonMarkdown', () => {
  test('shows mean and standard error beside what was published', async () => {
    // numpy: x = [42, 44]; x.mean(), x.std(ddof=1) / sqrt(2) = 43, 1; best (40 + 44) / 2
    expect(comparisonMarkdown(await readComparison({ groups }))).toBe(`\
| setting | test error (%) | published (%) | difference | trials | best error (%) | epochs | time a trial |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| ConvNet, BC+ | 43.00 ± 1.00 | 45.00 ± 0.50 | −2.00 | 2 of 3 | 42.00, epoch 2–3 | 3 | 30.0 s |
| ConvNet, standard | 30.00 so far |  |  | 0 of 1 | 30.00, epoch 2 | 2 | 20.0 s |
| ConvNet \\| "BC" |  |  |  | 0 |  |  |  |

Published: a paper, Table 1.
`);
  });
});

describe('comparisonCsv', () => {
  test('holds settings in columns and numbers as numbers', async () => {
    const lines = comparisonCsv(await readComparison({ groups })).split('\n');
    expect(lines[0]).toBe(
      'name,model,method,trials,trials done,test error,standard error,trials counted,published error,published standard error,published in,difference,best test error,epochs,seconds a trial',
    );
    const cells = lines[1]?.match(/("[^"]*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, ''));
    expect(cells?.slice(0, 5)).toEqual(['"ConvNet, BC+"', 'ConvNet', 'BC+', '3', '2']);
    expect(cells?.slice(5, 8).map(Number)).toEqual([43, 1, 2]);
    expect(lines[3]).toBe('"ConvNet | ""BC""",,BC,0,0,,,,,,,,,,');
  });
});

describe('writeComparison', () => {
  test('writes a page, returns its path and leaves nothing else behind', async () => {
    const folder = join(root, 'out');
    await writeRun(folder, { testErrors: [] });
    const path = join(folder, 'compare.html');
    await writeFile(path, 'old');
    expect(await writeComparison(path, { title: 'All', groups })).toBe(path);
    expect((await readdir(folder)).sort()).toEqual(['compare.html', 'config.json']);
    expect(await readFile(path, 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*43\.00 ± 1\.00[\s\S]*<\/html>\n$/,
    );
  });

  test.each<[string, Partial<Parameters<typeof writeComparison>[1]>, string]>([
    ['no title', { title: ' ' }, 'a comparison must have a title, got none'],
    ['no groups', { groups: [] }, 'expected one group or more, got none'],
    [
      'two groups of one name',
      { groups: [1, 2].map(() => ({ name: 'a', settings: {}, runs: [] })) },
      "the names of groups must differ, got 'a' twice; name what sets them apart",
    ],
    [
      'a run in two groups',
      { groups: ['a', 'b'].map((name) => ({ name, settings: {}, runs: ['x'] })) },
      "a run is one trial of one group, got x in 'a' and in 'b'",
    ],
    [
      'a published share',
      {
        groups: [
          { name: 'a', settings: {}, runs: [], published: { error: Number.NaN, source: 'b' } },
        ],
      },
      "the published error of 'a' must be a percentage from 0 to 100, got NaN",
    ],
  ])('refuses %s and keeps the old page', async (_, wrong, message) => {
    const path = join(root, 'compare.html');
    await writeFile(path, 'old');
    await expect(writeComparison(path, { title: 'All', groups, ...wrong })).rejects.toThrow(
      `writeComparison: ${message}`,
    );
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});
