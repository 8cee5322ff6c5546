import type { TrainEvent } from '@bcl/trainer';
import { percent, say } from '../format.js';
import { suggestion } from '../names.js';
import { readyBackend } from '../training/readyBackend.js';
import { runFolder } from './grid.js';
import type { Sources } from './jobData.js';
import { type Job, nameOf, type Plan } from './plan.js';
import type { ReproduceFlags } from './ReproduceFlags.js';
import type { JobMessage } from './runGrid.js';
import { runJob } from './runJob.js';

/** Trains one cell once, in this process: what the grid's processes do. */
export async function oneJob(
  plan: Plan,
  folder: string,
  sources: Sources,
  { cell: id, trial = 1, limit, testLimit, backend: asked, resident }: ReproduceFlags,
): Promise<void> {
  const cell = plan.cells.find((one) => one.id === id);
  if (!cell) {
    const ids = plan.cells.map((one) => one.id);
    throw new Error(`reproduce: there is no cell '${id}'. ${suggestion(id as string, ids)}`);
  }
  const job = { cell, trial };
  const stop = stopAsked();
  try {
    const backend = await readyBackend(asked);
    const events = runJob(job, {
      experiment: plan.experiment.name,
      sources,
      backend,
      resident,
      folder: runFolder(folder, job),
      ...(limit === undefined ? {} : { limit }),
      ...(testLimit === undefined ? {} : { testLimit }),
    });
    for await (const event of events) {
      tell(job, event);
      if (stop.signal.aborted && event.type !== 'done') {
        send({ type: 'stopped' });
        break;
      }
    }
  } finally {
    // The open channel would keep this process alive.
    if (process.connected) process.disconnect();
  }
}

/** Tells the process that began this one, or the reader. */
function tell(job: Job, event: TrainEvent): void {
  if (process.send) {
    send({ type: 'event', event });
  } else if (event.type === 'epoch') {
    const accuracy = percent(event.testAccuracy ?? 0);
    say(`${nameOf(job)}: epoch ${event.epoch}, test accuracy ${accuracy}`);
  }
}

/** Where the other process is gone there is nobody to tell. */
function send(message: JobMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/** Aborted by Ctrl-C, by a word of the process that began this one, or when that is gone. */
function stopAsked(): AbortController {
  const asked = new AbortController();
  const stop = () => asked.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (process.send) process.once('message', stop).once('disconnect', stop);
  return asked;
}
