import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createRandom, uniformInt } from '@bcl/random';

const program = join(__dirname, '..', 'dist', 'bcl.js');

// Each process loads a network anew and puts its checkpoints on the disk for good.
jest.setTimeout(10 * 60_000);

/** A checkpoint after each second step of sixteen, by a network with batch norm that draws as it computes. */
const settings = [
  ...['--model', 'shakeShakeShort'],
  ...['--limit', '32', '--test-limit', '20', '--batch-size', '4', '--epochs', '2', '--seed', '5'],
  ...['--optimizer', 'adamw', '--ema', '0.9', '--warmup', '1', '--clip-norm', '5'],
  ...['--threads', '1', '--checkpoint-every', '2', '--log-every', '1'],
];

let root: string;
beforeAll(async () => {
  if (!existsSync(program)) throw new Error(`${program} is not built; run: pnpm build`);
  root = mkdtempSync(join(tmpdir(), 'bcl-killed-'));
  // What all others must come to, however often they are killed. Nobody reads what this one tells.
  const straight = bcl(...settings, '--out', join(root, 'straight'));
  straight.stdout?.destroy();
  expect(await ended(straight)).toMatchObject({ code: 0, err: '' });
});
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function bcl(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, 'train', ...args]);
  running.add(child);
  child.on('close', () => running.delete(child));
  return child;
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  const text = { out: '', err: '' };
  child.stdout?.on('data', (part) => {
    text.out += part;
  });
  child.stderr?.on('data', (part) => {
    text.err += part;
  });
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code, signal) => done({ code, signal, ...text }));
  });
}

/** Waits until something is so, or the process has ended. */
async function until(child: ChildProcess, isSo: () => boolean): Promise<void> {
  while (!isSo() && child.exitCode === null) await setTimeout(2);
}

interface Line {
  type: string;
  step: number;
}

/** The whole lines of a run's metrics, without what a clock says. */
function metricsOf(run: string): Line[] {
  const path = join(run, 'metrics.jsonl');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => {
    const { seconds: _, imagesPerSecond: __, ...event } = JSON.parse(line);
    return event;
  });
}

const lastStep = (run: string) => metricsOf(run).at(-1)?.step ?? 0;

/** The step of the last checkpoint, 0 where there is none yet. */
function savedStep(run: string): number {
  const place = ['checkpoint', 'checkpoint.previous'].find((name) => existsSync(join(run, name)));
  if (!place) return 0;
  return JSON.parse(readFileSync(join(run, place, 'training.json'), 'utf8')).step;
}

/** All that a checkpoint says beside its tensors; tfjs writes the layers of a loaded model in other words. */
function trainingOf(checkpoint: string): object {
  const { files, ...training } = JSON.parse(
    readFileSync(join(checkpoint, 'training.json'), 'utf8'),
  );
  return { ...training, files: { ...files, 'model.json': null } };
}

function expectSame(run: string): void {
  const straight = join(root, 'straight');
  expect(metricsOf(run)).toEqual(metricsOf(straight));
  for (const folder of ['checkpoint', 'best']) {
    for (const name of ['weights.bin', 'optimizer.bin', 'average.bin']) {
      const [ours, theirs] = [run, straight].map((at) => readFileSync(join(at, folder, name)));
      expect([folder, name, ours?.equals(theirs as Buffer)]).toEqual([folder, name, true]);
    }
    expect(trainingOf(join(run, folder))).toEqual(trainingOf(join(straight, folder)));
  }
}

test('a run that is killed again and again comes to the same numbers, bit for bit', async () => {
  const run = join(root, 'killed');
  const random = createRandom('kills');
  const kill = async (child: ChildProcess, isTime: () => boolean) => {
    const end = ended(child);
    for (;;) {
      await until(child, isTime);
      // Held still, to see whether the moment has not passed meanwhile.
      child.kill('SIGSTOP');
      await setTimeout(10);
      if (isTime() || child.exitCode !== null) break;
      child.kill('SIGCONT');
    }
    child.kill('SIGKILL');
    expect(await end).toMatchObject({ signal: 'SIGKILL', err: '' });
    // What is lost is less than from one checkpoint to the next.
    expect(lastStep(run) - savedStep(run)).toBeLessThanOrEqual(2);
  };
  const resume = () => bcl('--resume', '--out', run);

  // At any moment of a step, or of what is written after it.
  let target = 1 + uniformInt(random, 3);
  await kill(bcl(...settings, '--out', run), () => lastStep(run) >= target);
  // Beyond what the killed one had told of.
  target = lastStep(run) + 1 + uniformInt(random, 3);
  await kill(resume(), () => lastStep(run) >= target);

  // While a checkpoint is written.
  const writing = join(run, 'checkpoint.writing');
  rmSync(writing, { recursive: true, force: true });
  await kill(resume(), () => existsSync(writing));
  expect(existsSync(writing)).toBe(true);

  // By somebody who is so kind as to ask; another process is kept out meanwhile.
  const before = savedStep(run);
  const asked = resume();
  const end = ended(asked);
  await until(asked, () => savedStep(run) > before);
  asked.kill('SIGSTOP');
  const other = await ended(resume());
  expect(other.code).toBe(1);
  expect(other.err).toMatch(
    new RegExp(
      `^error: Run: ${run} is being written by process ${asked.pid} on ${hostname()} since `,
    ),
  );
  asked.kill('SIGTERM');
  asked.kill('SIGCONT');
  const { code, out } = await end;
  expect(code).toBe(0);
  expect(out).toMatch(/^stopped after step \d+, in epoch \d of 2; saved\.$/m);
  expect(out).toContain(`go on with: bcl train --resume --out ${run}\n`);
  expect(savedStep(run)).toBe(lastStep(run));

  expect((await ended(resume())).code).toBe(0);
  expectSame(run);
});

/** A disk of its own, where this may mount one. */
function smallDisk(folder: string, size: string): boolean {
  try {
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

test('a run whose disk was full goes on when there is room', async () => {
  const disk = join(root, 'disk');
  if (!smallDisk(disk, '20m')) {
    console.log('skipped: a small disk can only be mounted by root');
    return;
  }
  try {
    const run = join(disk, 'run');
    const { code, err } = await ended(bcl(...settings, '--out', run));
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: ModelManager\.save: cannot write the checkpoint .*: ENOSPC: no space left on device, write; the one that was there, if any, is as it was; the checkpoint after step \d+ is in /,
    );
    expect(existsSync(join(run, 'checkpoint.writing'))).toBe(false);
    expect(lastStep(run) - savedStep(run)).toBeLessThanOrEqual(2);
    execFileSync('mount', ['-o', 'remount,size=1g', disk]);
    expect(await ended(bcl('--resume', '--out', run))).toMatchObject({ code: 0, err: '' });
    expectSame(run);
  } finally {
    execFileSync('umount', [disk]);
  }
});
