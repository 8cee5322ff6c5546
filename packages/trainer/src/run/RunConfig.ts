import { createRequire } from 'node:module';
import type { OptimizerConfig } from '../optimizers/Optimizer.js';
import type { ScheduleConfig } from '../schedules/Schedule.js';
import type { AugmentOptions } from '../training/augmented.js';

/** What a run was made with, as far as the caller knows it. */
export interface RunSettings {
  /** Where the data come from and how many. */
  data: Record<string, unknown>;
  /** Name of the model and its options. */
  model: Record<string, unknown>;
  /** `standard`, `bc`, `bc+`, … */
  method: string;
  /** Rule of the labels. */
  label: string;
  training: {
    epochs: number;
    batchSize: number;
    optimizer: OptimizerConfig;
    schedule: ScheduleConfig;
    /** Decay of the moving average of the weights, where one is kept. */
    ema?: number;
    augment: AugmentOptions | false;
    [more: string]: unknown;
  };
  seed: number | string;
  backend: string;
  threads: number | 'auto';
  [more: string]: unknown;
}

/** `config.json`: all that is needed to do a run again. */
export interface RunConfig extends RunSettings {
  version: 1;
  /** ISO 8601. */
  createdAt: string;
  /** Versions of Node and of the packages that took part, by name. */
  versions: Record<string, string>;
}

/** Adds the date and the versions to the settings of a run. */
export function runConfig(settings: RunSettings): RunConfig {
  return {
    version: 1,
    createdAt: new Date().toISOString(),
    ...settings,
    versions: versions(),
  };
}

const packages = [
  '@bcl/trainer',
  '@bcl/random',
  '@bcl/mixing',
  '@bcl/datasets',
  '@bcl/losses',
  '@bcl/backends',
  '@bcl/models',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
];

/** Versions of Node and of those packages that are installed. */
function versions(): Record<string, string> {
  const found: Record<string, string> = { node: process.versions.node };
  const here = createRequire(import.meta.url);
  const lookups = [here];
  try {
    // The backends are dependencies of that package, not of this one.
    lookups.push(createRequire(here.resolve('@bcl/backends/package.json')));
  } catch {}
  for (const name of packages) {
    for (const lookup of lookups) {
      try {
        found[name] ??= (lookup(`${name}/package.json`) as { version: string }).version;
      } catch {}
    }
  }
  return found;
}
