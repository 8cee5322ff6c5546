import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRun } from '../testing/writeRun.js';
import { readTrials } from './readTrials.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bcl-trials-'));
});
afterEach(() => rm(root, { recursive: true }));

const at = (name: string) => join(root, name);

async function readOne(name: string) {
  const [trial] = await readTrials({ runs: [at(name)] });
  return trial;
}

describe('readTrials', () => {
  test('reads the last test, the best one and the time of a run that is done', async () => {
    await writeRun(at('a'), { testErrors: [75, 25, 50], seconds: 2 });
    expect(await readOne('a')).toMatchObject({
      folder: at('a'),
      state: 'done',
      epoch: 3,
      epochs: 3,
      seed: 1,
      testAccuracy: 0.5,
      testError: 50,
      best: { testError: 25, epoch: 2 },
      seconds: 6,
      lines: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }],
    });
  });

  test('takes the last epoch that was tested', async () => {
    await writeRun(at('a'), { testErrors: [null, 25, null] });
    expect(await readOne('a')).toMatchObject({ epoch: 3, testError: 25 });
    await writeRun(at('b'), { testErrors: [null] });
    expect(await readOne('b')).toMatchObject({
      state: 'done',
      testAccuracy: undefined,
      testError: undefined,
      best: undefined,
    });
  });

  test('counts runs as far as they are, in the order given', async () => {
    await writeRun(at('half'), { testErrors: [50], epochs: 4 });
    await writeRun(at('begun'), { testErrors: [], epochs: 4 });
    const trials = await readTrials({ runs: [at('none'), at('half'), at('begun')] });
    expect(trials.map(({ state, epoch, epochs }) => [state, epoch, epochs])).toEqual([
      ['not begun', 0, undefined],
      ['under way', 1, 4],
      ['under way', 0, 4],
    ]);
  });

  test('passes over half a line at the end', async () => {
    const run = await writeRun(at('a'), { testErrors: [50, 25] });
    await appendFile(join(run.folder, 'metrics.jsonl'), '{"type":"epoch","epoch":3,"testAcc');
    expect(await readOne('a')).toMatchObject({ epoch: 2, testError: 25 });
  });

  test('says which file of which run is broken', async () => {
    const run = await writeRun(at('a'), { testErrors: [50] });
    await appendFile(join(run.folder, 'metrics.jsonl'), '{"type":\n{}\n');
    await expect(readOne('a')).rejects.toThrow(
      `readTrials: ${join(at('a'), 'metrics.jsonl')}, line 2 must be JSON: `,
    );
    await writeFile(join(run.folder, 'config.json'), '7');
    await expect(readOne('a')).rejects.toThrow(
      `readTrials: ${join(at('a'), 'config.json')} must hold the settings of a run, got 7`,
    );
    await expect(readTrials({ runs: [join(run.folder, 'config.json')] })).rejects.toThrow(
      'config.json must be the folder of a run, got a file',
    );
  });
});
