import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lockFolder } from './lockFolder.js';
import { ownMark } from './processAlive.js';

// A lock that was left behind is taken over after two seconds.
jest.setTimeout(60_000);

let root: string;
let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-lock-'));
  folder = join(root, 'run');
});
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(root, { recursive: true, force: true });
});

/** A process that holds the lock until it is killed. */
async function holder(): Promise<ChildProcess> {
  const library = require.resolve('proper-lockfile');
  const script = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    const { hostname } = require('node:os');
    const folder = ${JSON.stringify(folder)};
    mkdirSync(folder);
    require(${JSON.stringify(library)}).lock(folder, { lockfilePath: folder + '/lock', realpath: false }).then(() => {
      const owner = { pid: process.pid, born: null, host: hostname(), since: '2026-01-01T00:00:00.000Z' };
      writeFileSync(folder + '/lock.json', JSON.stringify(owner));
      console.log('locked');
      setInterval(() => {}, 1000);
    });`;
  const started = spawn(process.execPath, ['--eval', script]);
  child = started;
  await new Promise((done) => started.stdout.once('data', done));
  return started;
}

test('lockFolder lets one in at a time, and the next when that is done', async () => {
  const first = await lockFolder(folder, 'Run');
  expect(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'))).toEqual({
    pid: process.pid,
    born: ownMark().born,
    host: hostname(),
    since: expect.stringMatching(/^\d{4}-/),
  });
  await expect(lockFolder(folder, 'Run')).rejects.toThrow(
    `Run: ${folder} is being written by this process already`,
  );
  first.check();
  await first.release();
  expect(readdirSync(folder)).toEqual([]);
  await (await lockFolder(folder, 'Run')).release();
});

test('lockFolder names the other process, and takes its lock over when it was killed', async () => {
  const other = await holder();
  await expect(lockFolder(folder, 'Run')).rejects.toThrow(
    `Run: ${folder} is being written by process ${other.pid} on ${hostname()} since 2026-01-01T00:00:00.000Z; wait for it to end, or stop it; where there is none, remove ${join(folder, 'lock')}`,
  );
  const ended = new Promise((done) => other.on('exit', done));
  other.kill('SIGKILL');
  await ended;
  expect(existsSync(join(folder, 'lock'))).toBe(true);
  const mine = await lockFolder(folder, 'Run');
  expect(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')).pid).toBe(process.pid);
  await mine.release();
});

test('lockFolder leaves the fresh lock of another machine alone', async () => {
  const mine = await lockFolder(folder, 'Run');
  const owner = {
    pid: 2 ** 22 + 1,
    born: null,
    host: 'elsewhere',
    since: '2026-01-01T00:00:00.000Z',
  };
  writeFileSync(join(folder, 'lock.json'), JSON.stringify(owner));
  await expect(lockFolder(folder, 'Run')).rejects.toThrow(`by process ${owner.pid} on elsewhere`);
  writeFileSync(join(folder, 'lock.json'), '{"pi');
  await expect(lockFolder(folder, 'Run')).rejects.toThrow('is being written by another process;');
  await mine.release();
});

test('lockFolder notices when its lock was taken, and lets go of nothing then', async () => {
  const lockfilePath = join(folder, 'lock');
  const mine = await lockFolder(folder, 'Run', 1000);
  rmSync(lockfilePath, { recursive: true });
  mkdirSync(lockfilePath);
  // However late its next sign of life is on a busy machine.
  let lost: unknown;
  while (lost === undefined) {
    await setTimeout(50);
    try {
      mine.check();
    } catch (error) {
      lost = error;
    }
  }
  expect(lost).toEqual(
    new Error(`Run: another process has taken ${folder} over; stop one of them`),
  );
  await mine.release();
  expect(existsSync(lockfilePath)).toBe(true);
});
