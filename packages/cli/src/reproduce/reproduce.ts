import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { availableThreads, type BackendsReport } from '@bcl/backends';
import { askSelf } from '../doctor/askSelf.js';
import { experiments } from '../experiments/index.js';
import { invocation, say, shellWord } from '../format.js';
import { suggestion } from '../names.js';
import { onStopSignal } from '../training/onStopSignal.js';
import { missingJobs, openGrid } from './grid.js';
import { createGridProgress } from './gridProgress.js';
import type { Sources } from './jobData.js';
import { oneJob } from './oneJob.js';
import { cutsText, type Job, nameOf, type Plan, planOf } from './plan.js';
import type { ReproduceFlags } from './ReproduceFlags.js';
import { runGrid } from './runGrid.js';
import { writeTables } from './tables.js';

/** Runs an experiment, or what is left of it, and writes its table. */
export async function reproduce(name: string | undefined, flags: ReproduceFlags): Promise<void> {
  if (name === undefined) {
    sayExperiments();
    return;
  }
  const experiment = experiments.find((one) => one.name === name);
  if (!experiment) {
    const names = experiments.map((one) => one.name);
    throw new Error(`reproduce: there is no experiment '${name}'. ${suggestion(name, names)}`);
  }
  const plan = planOf(experiment, flags);
  const folder = flags.out ?? join('runs', experiment.name);
  const sources = sourcesOf(flags);
  if (flags.cell !== undefined) {
    await oneJob(plan, folder, sources, flags);
    return;
  }
  await openGrid(folder, plan, sources);
  await wholeGrid(plan, folder, sources, flags);
}

function sayExperiments(): void {
  say('experiments:');
  for (const { name, title, cells, trials } of experiments) {
    say(`  ${name.padEnd(16)} ${title}`);
    say(`  ${' '.repeat(16)} ${cells.length} cells, ${trials} trials each`);
  }
  say();
  say(`${invocation()} reproduce <experiment> --help tells how to cut one down`);
}

/** Where data sets are looked for unless told. */
const defaultSources: Sources = { cifar10: 'cifar10', cifar100: 'cifar100', cifar10h: 'cifar10h' };

/** The script of the `bcl` command. */
const program = join(
  dirname(createRequire(import.meta.url).resolve('@bcl/cli/package.json')),
  'dist',
  'bcl.js',
);

/** Where the data sets are, by names that hold in every folder. */
function sourcesOf({ cifar10, cifar100, cifar10h }: ReproduceFlags): Sources {
  const absolute = (source: string) => (existsSync(source) ? resolve(source) : source);
  return {
    cifar10: absolute(cifar10),
    cifar100: absolute(cifar100),
    cifar10h: absolute(cifar10h),
  };
}

/** Runs what is missing of a grid and writes its tables as they fill. */
async function wholeGrid(
  plan: Plan,
  folder: string,
  sources: Sources,
  flags: ReproduceFlags,
): Promise<void> {
  const jobs = await missingJobs(plan, folder);
  const all = plan.cells.length * plan.trials;
  const processes = flags.processes === 'auto' ? await processesFor(flags) : flags.processes;
  const cuts = cutsText(plan);
  say(`${plan.experiment.name}: ${plan.experiment.title}`);
  if (cuts.length > 0) say(`cut down: ${cuts.join(', ')}`);
  say(`${all - jobs.length} of ${all} trainings are done; ${processes} at a time`);
  const stop = new AbortController();
  const ignore = onStopSignal(() => {
    stop.abort();
    say('\nstopping: trainings under way save what they have; once more ends this at once');
  });
  const progress = createGridProgress(all, all - jobs.length);
  const failed: string[] = [];
  try {
    await runGrid(jobs, {
      processes,
      signal: stop.signal,
      command: (job) => [program, ...jobArguments(plan, folder, sources, flags, job)],
      onEvent: (job, event) => progress.event(job, event),
      onEnd: async (job, outcome) => {
        progress.end(job, outcome);
        if (typeof outcome === 'object') failed.push(`${nameOf(job)}: ${outcome.failed}`);
        await writeTables(plan, folder);
      },
    });
  } finally {
    progress.close();
    ignore();
  }
  const written = await writeTables(plan, folder);
  say(`\n${written.markdown}`);
  say(`table: ${written.table}, ${written.csv}`);
  say(`page:  ${written.page}`);
  if (stop.signal.aborted) say(`go on with: ${commandOf(plan, folder, flags)}`);
  if (failed.length > 0) {
    throw new Error(
      `reproduce: ${failed.length} trainings failed; the same command tries them again. ${failed.join('; ')}`,
    );
  }
}

/** One training a core, but one alone on a GPU, whose memory is the limit there. */
async function processesFor({ backend }: ReproduceFlags): Promise<number> {
  if (backend === 'wasm' || backend === 'cpu') return availableThreads();
  const look = await askSelf<BackendsReport>('look', 60);
  if ('failure' in look) return availableThreads();
  const { backends, auto } = look.answer;
  const name = backend === 'auto' ? auto?.name : backend;
  const kind = backends.find((one) => one.name === name)?.kind;
  return kind === 'gpu' ? 1 : availableThreads();
}

/** The command line of one job. */
function jobArguments(
  { experiment, cuts }: Plan,
  folder: string,
  sources: Sources,
  { backend, resident }: ReproduceFlags,
  { cell, trial }: Job,
): string[] {
  const { limit, testLimit, epochs } = cuts;
  const given = {
    ...sources,
    limit,
    'test-limit': testLimit,
    epochs,
    backend,
    out: folder,
    cell: cell.id,
    trial,
    resident,
  };
  return ['reproduce', experiment.name, ...flagWords(Object.entries(given))];
}

/** What to type to go on. */
function commandOf({ experiment, cuts }: Plan, folder: string, flags: ReproduceFlags): string {
  const { limit, testLimit, epochs, trials, only = [] } = cuts;
  const { processes, backend, resident } = flags;
  const sources = Object.entries(defaultSources).map(([name, usual]): [string, unknown] => {
    const source = flags[name as keyof Sources];
    return [name, source === usual ? undefined : source];
  });
  const given: [string, unknown][] = [
    ...sources,
    ['limit', limit],
    ['test-limit', testLimit],
    ['epochs', epochs],
    ['trials', trials],
    ...only.map((filter): [string, unknown] => ['only', filter]),
    ['processes', processes === 'auto' ? undefined : processes],
    ['backend', backend === 'auto' ? undefined : backend],
    ['out', folder],
    ['resident', resident],
  ];
  return [invocation(), 'reproduce', experiment.name, ...flagWords(given).map(shellWord)].join(' ');
}

/** Flags as words of a command line; those without a value, and switches that are off, are left out. */
function flagWords(flags: readonly (readonly [name: string, value: unknown])[]): string[] {
  return flags.flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
}
