import { type ChildProcess, fork } from 'node:child_process';
import type { TrainEvent } from '@bcl/trainer';
import type { Job } from './plan.js';

/** What a process that runs a job sends to the one that began it. */
export type JobMessage =
  | { readonly type: 'event'; readonly event: TrainEvent }
  | { readonly type: 'stopped' };

/** How a job ended. */
export type Outcome = 'done' | 'stopped' | { readonly failed: string };

export interface GridOptions {
  /** How many jobs run at a time. */
  readonly processes: number;
  /** Script and arguments of the process that runs a job. */
  readonly command: (job: Job) => readonly [script: string, ...args: string[]];
  readonly onEvent: (job: Job, event: TrainEvent) => void;
  readonly onEnd: (job: Job, outcome: Outcome) => Promise<void>;
  /** Aborted to stop: jobs under way save what they have, others do not begin. */
  readonly signal: AbortSignal;
}

/** Runs jobs in processes of their own, some at a time. One that fails does not stop the others. */
export async function runGrid(jobs: readonly Job[], options: GridOptions): Promise<void> {
  const waiting = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job && !options.signal.aborted; job = waiting.shift()) {
      await options.onEnd(job, await runOne(job, options));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.processes, jobs.length) }, worker));
}

/** How many characters of what a process said of its failure are kept. */
const SAID = 4000;

function runOne(job: Job, { command, onEvent, signal }: GridOptions): Promise<Outcome> {
  const [script, ...args] = command(job);
  // In a group of its own, so that Ctrl-C reaches it as a word from here, and once.
  const child = fork(script, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const stop = () => child.send('stop');
  signal.addEventListener('abort', stop);
  return ended(child, (event) => onEvent(job, event)).finally(() =>
    signal.removeEventListener('abort', stop),
  );
}

function ended(child: ChildProcess, onEvent: (event: TrainEvent) => void): Promise<Outcome> {
  let said = '';
  let stopped = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID);
  });
  child.on('message', (message: JobMessage) => {
    if (message.type === 'stopped') stopped = true;
    else onEvent(message.event);
  });
  return new Promise((done) => {
    child.on('error', (error) => done({ failed: error.message }));
    child.on('close', (code, killed) => {
      if (code === 0) done(stopped ? 'stopped' : 'done');
      else done({ failed: said.trim() || `it ended with ${killed ?? code}` });
    });
  });
}
