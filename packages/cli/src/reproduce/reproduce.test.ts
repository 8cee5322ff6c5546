import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(__dirname, '..', '..', 'dist', 'bcl.js');
const minutes = 60_000;

let folder: string;
beforeAll(() => {
  if (!existsSync(program)) throw new Error(`${program} is not built; run: pnpm build`);
  folder = mkdtempSync(join(tmpdir(), 'bcl-reproduce-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** Begins the command; `output` grows with what it says. */
function begin(...args: string[]): {
  child: ChildProcess;
  ended: Promise<Outcome>;
} {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder });
  let out = '';
  let err = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    err += text;
  });
  const ended = new Promise<Outcome>((done) => {
    child.on('close', (code, signal) => done({ code, signal, out, err }));
  });
  return { child, ended };
}

const bcl = (...args: string[]) => begin(...args).ended;

/** A grid of two trainings of two epochs on drawn images. */
const small = (out: string, ...more: string[]) => [
  ...['reproduce', 'report-mistakes', '--cifar10', 'embedded', '--limit', '96', '--out', out],
  ...['--test-limit', '32', '--epochs', '2', '--trials', '1', '--backend', 'wasm'],
  ...['--only', 'none-the-right-way,no-mixing-for-comparison', ...more],
];

/** What a training measured, but for the clock. */
function metrics(run: string): unknown[] {
  const lines = readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const { seconds, imagesPerSecond, ...numbers } = JSON.parse(line);
    return numbers;
  });
}

/** Waits for something that a process does, as long as that has not ended. */
async function until(holds: () => boolean, child: ChildProcess): Promise<void> {
  while (!holds()) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('bcl reproduce', () => {
  test('lists the experiments', async () => {
    const { code, out } = await bcl('reproduce');
    expect(code).toBe(0);
    expect(out).toMatch(/report-table1 {4}Three networks .*\n.* 15 cells, 3 trials each/);
    expect(out).toContain('bc-table4');
  });

  test('names the nearest experiment, and the settings of one', async () => {
    const { code, err } = await bcl('reproduce', 'bc-table5');
    expect(code).toBe(1);
    expect(err).toMatch(/there is no experiment 'bc-table5'. Did you mean 'bc-table[234]'\?/);
    const other = await bcl('reproduce', 'report-table1', '--only', 'VGG');
    expect(other.err).toContain('its settings are model=ConvNet,ResNet-18,Shake-Shake');
  });

  test(
    'fills a table, cut down as it says, and survives being killed',
    async () => {
      const whole = await bcl(...small('whole'));
      expect(whole).toMatchObject({ code: 0, err: '' });
      expect(whole.out).toContain(
        'cut down: 2 epochs instead of 20, trained on the first 96 images, tested on the first 32 test images, 1 trial instead of 3, 2 of 9 cells',
      );
      const table = readFileSync(join(folder, 'whole', 'table.md'), 'utf8');
      expect(table).toMatch(/^# What goes wrong when BC\+ goes wrong\n\nCut down: 2 epochs/);
      expect(table).toMatch(/\| none: the right way \| \d+\.\d+ \|/);
      const csv = readFileSync(join(folder, 'whole', 'table.csv'), 'utf8')
        .trim()
        .split('\n');
      expect(csv).toHaveLength(3);
      expect(readFileSync(join(folder, 'whole', 'index.html'), 'utf8')).toContain('no mixing');

      // Killed in the middle: processes of its trainings see that it is gone, save and end.
      const run = join(folder, 'killed', 'none-the-right-way', 'trial-1');
      const { child, ended } = begin(...small('killed', '--processes', '1'));
      await until(() => existsSync(join(run, 'checkpoint')), child);
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
      const again = await bcl(...small('killed'));
      expect(again).toMatchObject({ code: 0, err: '' });
      for (const cell of ['none-the-right-way', 'no-mixing-for-comparison']) {
        expect(metrics(`killed/${cell}/trial-1`)).toEqual(metrics(`whole/${cell}/trial-1`));
      }

      // Nothing is left to do, and nothing is done again.
      const third = await bcl(...small('killed'));
      expect(third.out).toContain('2 of 2 trainings are done');
      const differs = await bcl(...small('killed'), '--limit', '64');
      expect(differs.err).toContain(
        'reproduce: killed was begun with another limit, 96, got 64; go on as it was begun, or choose another --out',
      );
    },
    5 * minutes,
  );

  test(
    'trains on images that stay on the device as on those of the host',
    async () => {
      const one = (...more: string[]) => [
        ...['reproduce', 'report-mistakes', '--cifar10', 'embedded', '--limit', '64'],
        ...['--test-limit', '20', '--epochs', '1', '--trials', '1', '--backend', 'wasm'],
        ...['--only', 'none-the-right-way', ...more],
      ];
      const [onDevice, onHost] = [one('--resident', '--out', 'device'), one('--out', 'host')];
      expect(await bcl(...onDevice)).toMatchObject({ code: 0, err: '' });
      expect(await bcl(...onHost)).toMatchObject({ code: 0, err: '' });
      const [device, host] = ['device', 'host'].map((out) => {
        const run = `${out}/none-the-right-way/trial-1`;
        const config = JSON.parse(readFileSync(join(folder, run, 'config.json'), 'utf8'));
        return { resident: config.resident, last: metrics(run).at(-1) as Record<string, number> };
      });
      expect([device?.resident, host?.resident]).toEqual([true, undefined]);
      for (const name of ['trainLoss', 'testLoss']) {
        const ratio = (device?.last[name] as number) / (host?.last[name] as number);
        expect(ratio).toBeCloseTo(1, 3);
      }
    },
    2 * minutes,
  );

  test(
    'makes up for the test of a last epoch that a kill cut off',
    async () => {
      const command = [
        ...['reproduce', 'report-mistakes', '--cifar10', 'embedded', '--limit', '64'],
        ...['--test-limit', '20', '--epochs', '1', '--trials', '1', '--backend', 'wasm'],
        ...['--only', 'dropout-left-on-in-the-test', '--out', 'untested'],
      ];
      expect(await bcl(...command)).toMatchObject({ code: 0, err: '' });
      const run = 'untested/dropout-left-on-in-the-test/trial-1';
      const file = join(folder, run, 'metrics.jsonl');
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const tested = metrics(run).at(-1) as Record<string, unknown>;
      expect(tested).toMatchObject({ type: 'epoch', testAccuracy: expect.any(Number) });
      // Each epoch has two lines: the training's own, and the one with the mistaken test.
      writeFileSync(file, `${lines.slice(0, -1).join('\n')}\n`);
      expect(metrics(run).at(-1)).not.toHaveProperty('testAccuracy');
      expect(await bcl(...command)).toMatchObject({ code: 0, err: '' });
      expect(metrics(run).at(-1)).toMatchObject({
        type: 'epoch',
        epoch: 1,
        testAccuracy: expect.any(Number),
      });
      expect((await bcl(...command)).out).toContain('1 of 1 trainings are done');
    },
    5 * minutes,
  );

  test(
    'stops on Ctrl-C with what to type to go on, and tells of trainings that fail',
    async () => {
      const { child, ended } = begin(...small('stopped', '--processes', '1'));
      const run = join(folder, 'stopped', 'none-the-right-way', 'trial-1');
      await until(() => existsSync(join(run, 'config.json')), child);
      child.kill('SIGINT');
      const { code, out } = await ended;
      expect(code).toBe(0);
      expect(out).toContain('none: the right way, trial 1: stopped, saved');
      expect(out).toMatch(
        /go on with: bcl reproduce report-mistakes --cifar10 embedded .*--processes 1 --backend wasm --out \S*stopped/,
      );

      const failing = await bcl(
        ...['reproduce', 'report-mistakes', '--cifar10', 'nowhere.tar.gz', '--trials', '1'],
        ...['--only', 'none-the-right-way', '--out', 'failed'],
      );
      expect(failing.code).toBe(1);
      expect(failing.err).toMatch(/reproduce: 1 trainings failed; .*nowhere\.tar\.gz/);
    },
    5 * minutes,
  );

  test(
    'trains one cell alone, as a job of a cluster',
    async () => {
      const args = small('whole', '--cell', 'no-mixing-for-comparison', '--trial', '2');
      const { code, out } = await bcl(...args);
      expect(code).toBe(0);
      expect(out).toMatch(/no mixing, for comparison, trial 2: epoch 2, test accuracy \d/);
      const other = await bcl(...small('whole', '--cell', 'nothing'));
      expect(other.err).toContain("reproduce: there is no cell 'nothing'.");
    },
    2 * minutes,
  );
});
