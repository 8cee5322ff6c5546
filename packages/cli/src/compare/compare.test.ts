import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Run, type RunSettings } from '@bcl/trainer';
import { compare } from './compare.js';

const settings: RunSettings = {
  data: { source: 'embedded' },
  model: { name: 'convnet' },
  method: 'bc+',
  label: 'ratio',
  training: {
    epochs: 1,
    batchSize: 16,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    schedule: { name: 'constant', learningRate: 0.1 },
    augment: false,
  },
  seed: 1,
  backend: 'wasm',
  threads: 1,
};

let root: string;
let printed: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-compare-'));
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true });
});

/** A run of one epoch, and what its test said. */
async function writeRun(name: string, more: Partial<RunSettings>, testAccuracy: number) {
  const run = await Run.create(join(root, 'runs', name), { ...settings, ...more });
  await run.record({
    type: 'epoch',
    epoch: 1,
    step: 3,
    trainLoss: 1,
    trainAccuracy: 0.5,
    testLoss: 1,
    testAccuracy,
    seconds: 2,
    imagesPerSecond: 24,
    learningRate: 0.1,
  });
}

describe('compare', () => {
  test('prints the table of the runs in a folder and writes their page', async () => {
    await writeRun('one', {}, 0.75);
    await writeRun('two', { seed: 2 }, 0.5);
    await writeRun('ten', { method: 'standard' }, 0.25);
    writeFileSync(join(root, 'runs', 'notes.txt'), 'no run');
    const out = join(root, 'pages', 'all.html');
    await compare([join(root, 'runs'), join(root, 'runs', 'two')], { out });
    expect(printed).toBe(`\
| setting | test error (%) | trials done | best (%) at epoch | epochs | time a trial |
| --- | ---: | ---: | ---: | ---: | ---: |
| convnet, bc+, ratio label | 37.50 ± 12.50 | 2 | 37.50 at 1 | 1 | 2.0 s |
| convnet, standard | 75.00 | 1 | 75.00 at 1 | 1 | 2.0 s |

page: ${out}
`);
    const html = readFileSync(out, 'utf8');
    expect(html).toContain('<h1>3 runs side by side</h1>');
    expect(html).toContain(`<code>bcl compare ${join(root, 'runs')}`);
    expect(html).toContain(`--out ${out}</code>`);
  });

  test('says what is no run', async () => {
    const out = join(root, 'all.html');
    const must = (folder: string) =>
      `compare: ${folder} must be the folder of a run, or of runs, got`;
    await expect(compare([root], { out })).rejects.toThrow(`${must(root)} one without config.json`);
    const missing = join(root, 'x');
    await expect(compare([missing], { out })).rejects.toThrow(`${must(missing)} no such folder`);
    writeFileSync(missing, '');
    await expect(compare([missing], { out })).rejects.toThrow(`${must(missing)} a file`);
    expect(printed).toBe('');
  });
});
