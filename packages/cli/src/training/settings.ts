import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { namedDatasets } from '@bcl/datasets';
import type {
  Interval,
  OptimizerConfig,
  RunConfig,
  RunSettings,
  ScheduleConfig,
} from '@bcl/trainer';
import type { BackendChoiceName, LabelName, MethodName } from '../names.js';
import { type OptimizingFlags, optimizingFlagsOf } from './optimizing.js';

/** The flags of `bcl train`, parsed. */
export interface TrainFlags extends OptimizingFlags, KeepingFlags {
  data: string;
  model: string;
  method: MethodName;
  label: LabelName;
  limit?: number;
  testLimit?: number;
  epochs: number;
  batchSize: number;
  augment: boolean;
  seed: number;
  backend: BackendChoiceName;
  threads: number | 'auto';
  resident: boolean;
  out?: string;
  resume?: boolean;
}

/** The flags that say what a run writes, and how often. */
interface KeepingFlags {
  /** Steps from line to line of metrics.jsonl. */
  logEvery: number;
  /** How much training a kill may cost. */
  checkpointEvery: Interval;
  /** Epochs from checkpoint to checkpoint that is kept for good; none without. */
  keepEvery?: number;
  /** Whether TensorBoard's files are written too. */
  tensorboard: boolean;
}

/** What is kept where nothing else is said. */
const usualKeeping: KeepingFlags = {
  logEvery: 10,
  checkpointEvery: { minutes: 10 },
  tensorboard: false,
};

/** The authors' augmentation. */
const augmentation = { padding: 4, flip: true };

/** A source of data by a name that holds in every folder. */
function absoluteSource(source: string): string {
  return namedDatasets.has(source) ? source : resolve(source);
}

/** What config.json keeps of the flags. */
export function runSettings(
  flags: TrainFlags,
  optimizer: OptimizerConfig,
  schedule: ScheduleConfig,
  backend: string,
): RunSettings {
  return {
    data: {
      source: absoluteSource(flags.data),
      ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      ...(flags.testLimit === undefined ? {} : { testLimit: flags.testLimit }),
    },
    model: { name: flags.model },
    method: flags.method,
    label: flags.label,
    training: {
      epochs: flags.epochs,
      batchSize: flags.batchSize,
      optimizer,
      schedule,
      ...(flags.ema === undefined ? {} : { ema: flags.ema }),
      augment: flags.augment ? augmentation : false,
    },
    seed: flags.seed,
    backend,
    threads: flags.threads,
    ...(flags.resident ? { resident: true } : {}),
    keeping: keepingOf(flags),
  };
}

function keepingOf(flags: KeepingFlags): KeepingFlags {
  const { logEvery, checkpointEvery, keepEvery, tensorboard } = flags;
  const kept = { logEvery, checkpointEvery, tensorboard };
  return keepEvery === undefined ? kept : { ...kept, keepEvery };
}

/** The flags that a run's config.json stands for. */
export function flagsOf(config: RunConfig): TrainFlags {
  const { data, model, method, label, training, seed, backend, threads, resident } = config;
  const { source, limit, testLimit } = data as {
    source: string;
    limit?: number;
    testLimit?: number;
  };
  return {
    data: source,
    model: model.name as string,
    method: method as MethodName,
    label: label as LabelName,
    ...(limit === undefined ? {} : { limit }),
    ...(testLimit === undefined ? {} : { testLimit }),
    epochs: training.epochs,
    batchSize: training.batchSize,
    ...optimizingFlagsOf(training.optimizer, training.schedule, training.ema),
    augment: training.augment !== false,
    seed: Number(seed),
    backend: backend as BackendChoiceName,
    threads,
    resident: resident === true,
    ...((config.keeping ?? usualKeeping) as KeepingFlags),
  };
}

/** Flags that may change when a run goes on: they do not change its numbers, or only add to them. */
const free = new Set([
  ...['epochs', 'backend', 'threads', 'resident', 'logEvery', 'checkpointEvery', 'keepEvery'],
  ...['tensorboard'],
  ...['out', 'resume', 'debug', 'revectorize'],
]);

/**
 * The flags of a run that goes on: its own, but for those given that may change.
 *
 * @param given Names of the flags that stand on the command line.
 * @throws Error when one of those contradicts the run.
 */
export function resumedFlags(
  flags: TrainFlags,
  given: ReadonlySet<string>,
  run: TrainFlags,
  folder: string,
): TrainFlags {
  const asked = { ...flags, data: absoluteSource(flags.data) } as unknown as Record<
    string,
    unknown
  >;
  const kept = run as unknown as Record<string, unknown>;
  for (const name of given) {
    if (free.has(name) || isDeepStrictEqual(asked[name], kept[name])) continue;
    throw new Error(
      `train: ${flagName(name, asked[name])} is not what ${folder} was begun with (${kept[name] ?? 'none'}); leave it out to go on, or begin a new run with another --out`,
    );
  }
  const changed = [...given].filter((name) => free.has(name)).map((name) => [name, asked[name]]);
  return { ...run, ...Object.fromEntries(changed) };
}

/** How a flag was typed. */
function flagName(name: string, value: unknown): string {
  if (name === 'augment') return '--no-augment';
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`;
}
