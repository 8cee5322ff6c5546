import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ownMark, processAlive } from './processAlive.js';

test('processAlive knows this process, and one that has ended', async () => {
  expect(processAlive(ownMark())).toBe(true);
  const child = spawn(process.execPath, ['--eval', '']);
  const mark = { pid: child.pid as number, born: null };
  expect(processAlive(mark)).toBe(true);
  await new Promise((done) => child.on('exit', done));
  expect(processAlive(mark)).toBe(false);
});

(existsSync('/proc/self/stat') ? describe : describe.skip)('processAlive, on Linux', () => {
  test('is not taken in by a number that was given anew', () => {
    const { pid, born } = ownMark();
    expect(born).toMatch(/^\d+$/);
    expect(processAlive({ pid, born: '1' })).toBe(false);
    expect(processAlive({ pid, born: null })).toBe(true);
  });

  test('knows a process that has ended and that nobody has looked after yet', async () => {
    // The shell becomes a sleeper that never asks what became of its child.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60']);
    const pid = Number(await new Promise((done) => parent.stdout.once('data', done)));
    const deadline = Date.now() + 10_000;
    try {
      while (processAlive({ pid, born: null }) && Date.now() < deadline) await setTimeout(5);
      expect(processAlive({ pid, born: null })).toBe(false);
      expect(existsSync(`/proc/${pid}`)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
