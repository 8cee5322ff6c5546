import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTrials } from '@bcl/trainer';
import { writeBeside } from '../writeBeside.js';
import type { Sources } from './jobData.js';
import { type Job, jobsOf, type Plan } from './plan.js';

/** What a grid was begun with and is gone on with. */
interface GridFile {
  experiment: string;
  limit?: number;
  testLimit?: number;
  epochs?: number;
  sources: Sources;
}

/** Where a job's run is. */
export function runFolder(folder: string, { cell, trial }: Job): string {
  return join(folder, cell.id, `trial-${trial}`);
}

/** Begins a grid's folder, or refuses one that was begun otherwise. */
export async function openGrid(
  folder: string,
  { experiment, cuts }: Plan,
  sources: Sources,
): Promise<void> {
  const { limit, testLimit, epochs } = cuts;
  // Through JSON, which leaves out what is undefined.
  const asked = { experiment: experiment.name, limit, testLimit, epochs, sources };
  const wanted = JSON.parse(JSON.stringify(asked)) as GridFile;
  const path = join(folder, 'grid.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const held = JSON.parse(text) as GridFile;
    for (const key of ['experiment', 'limit', 'testLimit', 'epochs', 'sources'] as const) {
      const [was, is] = [held[key], wanted[key]].map((value) => JSON.stringify(value) ?? 'all');
      if (was === is) continue;
      throw new Error(
        `reproduce: ${folder} was begun with another ${key}, ${was}, got ${is}; go on as it was begun, or choose another --out`,
      );
    }
    return;
  }
  await mkdir(folder, { recursive: true });
  await writeBeside(path, `${JSON.stringify(wanted, null, 1)}\n`);
}

/** The jobs that are not done. */
export async function missingJobs(plan: Plan, folder: string): Promise<Job[]> {
  const jobs = jobsOf(plan);
  const trials = await readTrials({ runs: jobs.map((job) => runFolder(folder, job)) });
  return jobs.filter((_, i) => {
    const trial = trials[i];
    return trial?.state !== 'done' || trial.lines.at(-1)?.testAccuracy === undefined;
  });
}
