import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import { ModelManager } from '../ModelManager.js';
import { sgd } from '../optimizers/sgd.js';
import { Run } from '../run/Run.js';
import { settings } from '../testing/runSettings.js';
import { tinyDataset, tinyModel } from '../testing/tinyTask.js';
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
| setting | test error (%) | published (%) | difference | trials done | best (%) at epoch | epochs | time a trial |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| ConvNet, BC+ | 43.00 ± 1.00 | 45.00 ± 0.50 | −2.00 | 2 of 3 | 42.00 at 2–3 | 3 | 30.0 s |
| ConvNet, standard | 30.00 so far |  |  | 0 of 1 | 30.00 at 2 | 2 of 3 | 20.0 s |
| ConvNet \\| "BC" |  |  |  | 0 |  |  |  |

Published: a paper, Table 1.
`);
  });

  test('tells sources apart where there are several, and leaves out what was not published', async () => {
    const of = (source: string) => ({ published: { error: 40, source } });
    const [a, b, c] = groups as [ComparisonGroup, ComparisonGroup, ComparisonGroup];
    const marked = [
      { ...a, ...of('Table 2') },
      { ...b, ...of('Table 1') },
      { ...c, ...of('Table 2') },
    ];
    const text = comparisonMarkdown(await readComparison({ groups: marked }));
    expect(text.match(/40\.00\S*/g)).toEqual(['40.00¹', '40.00²', '40.00¹']);
    expect(text).toContain('\nPublished: ¹ Table 2; ² Table 1.\n');
    expect(comparisonMarkdown(await readComparison({ groups: [b] }))).toBe(`\
| setting | test error (%) | trials done | best (%) at epoch | epochs | time a trial |
| --- | ---: | ---: | ---: | ---: | ---: |
| ConvNet, standard | 30.00 so far | 0 of 1 | 30.00 at 2 | 2 of 3 | 20.0 s |
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
  test('compares what real trainings measured', async () => {
    const trainSet = tinyDataset();
    const measured: number[] = [];
    const train = async (seed: number): Promise<string> => {
      const manager = new ModelManager({
        model: tinyModel({ dropout: 0 }),
        optimizer: sgd({ learningRate: 0.1 }),
        loss: 'klDivergence',
        preprocessing: Preprocessing.fit(trainSet, 'standard'),
        seed,
      });
      const run = await Run.create(join(root, `trained-${seed}`), { ...settings, seed });
      const options = { epochs: 2, batchSize: 16, augment: false, test: trainSet, run } as const;
      for await (const event of manager.train(trainSet, options)) {
        if (event.type === 'done') measured.push(100 * (1 - (event.testAccuracy ?? Number.NaN)));
      }
      manager.dispose();
      return run.folder;
    };
    const runs = [await train(1), await train(2)];
    const group = { name: 'tiny', settings: {}, runs };
    const [result] = await readComparison({ groups: [group] });
    expect(result).toMatchObject({ done: 2, final: true, epochs: [2, 2], planned: 2 });
    expect(result?.testError?.mean).toBeCloseTo(((measured[0] ?? 0) + (measured[1] ?? 0)) / 2, 9);
    expect(result?.seconds).toBeGreaterThan(0);
    const path = await writeComparison(join(root, 'tiny.html'), { title: 't', groups: [group] });
    expect(await readFile(path, 'utf8')).toContain(result?.testError?.mean.toFixed(2));
  });

  test('holds 45 groups of 3 trials, in a file that a mail can carry', async () => {
    const many: ComparisonGroup[] = [];
    for (let i = 0; i < 45; i++) {
      const runs = [1, 2, 3].map((trial) => join(root, `many-${i}-${trial}`));
      for (const [trial, folder] of runs.entries()) {
        const testErrors = Array.from(
          { length: 20 },
          (_, epoch) => 60 / (epoch + 1) + trial + i / 7,
        );
        await writeRun(folder, { testErrors, settings: { seed: trial } });
      }
      many.push({ name: `group ${i}`, settings: { model: `${i % 3}`, method: `${i % 5}` }, runs });
    }
    const path = await writeComparison(join(root, 'many.html'), { title: 'Many', groups: many });
    const html = await readFile(path, 'utf8');
    expect(html.match(/<tr data-group="44">/g)).toHaveLength(1 + 3);
    expect(html.length).toBeLessThan(500_000);
  });

  test('writes a page, returns its path and leaves nothing else behind', async () => {
    const path = join(root, 'new', 'folder', 'compare.html');
    expect(await writeComparison(path, { title: 'First', groups })).toBe(path);
    expect(await writeComparison(path, { title: 'All', groups })).toBe(path);
    expect(await readdir(dirname(path))).toEqual(['compare.html']);
    expect(await readFile(path, 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*43\.00 ± 1\.00[\s\S]*<\/html>\n$/,
    );
  });

  test('can be written by two at once', async () => {
    const path = join(root, 'pages', 'compare.html');
    await Promise.all(['a', 'b', 'c'].map((title) => writeComparison(path, { title, groups })));
    expect(await readFile(path, 'utf8')).toMatch(/<title>[abc]<\/title>[\s\S]*<\/html>\n$/);
    expect(await readdir(dirname(path))).toEqual(['compare.html']);
  });

  test('refuses to write over a folder', async () => {
    await expect(writeComparison(root, { title: 'All', groups })).rejects.toThrow(
      `writeComparison: ${root} must be a file to write, got a folder`,
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
