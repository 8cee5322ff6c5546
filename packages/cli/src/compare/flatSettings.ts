import { basename } from 'node:path';
import type { RunConfig } from '@bcl/trainer';

/** The settings of a run by short names, as text; in the order of config.json. */
export type FlatSettings = ReadonlyMap<string, string>;

/** What may differ between runs that measure the same: chance, the machine and the day. */
const ignored = new Set(['version', 'versions', 'createdAt', 'seed', 'backend', 'threads']);

/** Names of settings that are not the last word of their path. */
const short: Record<string, string> = {
  'model.name': 'model',
  'data.source': 'data',
  'training.optimizer.name': 'optimizer',
  'training.optimizer.learningRate': 'lr',
  'training.schedule.name': 'schedule',
};

/**
 * The settings of runs that may make a difference, by names as the flags of `bcl train` have them: `model`, `lr`,
 * `batch-size`. Where two settings would have one name they go by their whole paths, `training.batchSize`.
 */
export function flatSettings(configs: readonly RunConfig[]): FlatSettings[] {
  const flat = configs.map((config) => [...paths(meaningful(config))]);
  const all = [...new Set(flat.flatMap((entries) => entries.map(([path]) => path)))];
  const nameOf = (path: string) =>
    short[path] ??
    path.slice(path.lastIndexOf('.') + 1).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const ambiguous = (path: string) =>
    short[path] === undefined && all.filter((other) => nameOf(other) === nameOf(path)).length > 1;
  return flat.map(
    (entries) =>
      new Map(entries.map(([path, text]) => [ambiguous(path) ? path : nameOf(path), text])),
  );
}

/** Leaves out what makes no difference, such as the rule of labels where nothing is mixed. */
function meaningful(config: RunConfig): Record<string, unknown> {
  const kept = Object.entries(config).filter(
    ([name]) => !ignored.has(name) && !(name === 'label' && config.method === 'standard'),
  );
  return Object.fromEntries(kept);
}

/** Nested settings as paths with dots; a setting that can be switched off is `no` then, and `yes` besides its parts. */
function* paths(settings: Record<string, unknown>, above = ''): Generator<[string, string]> {
  for (const [name, value] of Object.entries(settings)) {
    const path = `${above}${name}`;
    if (value === undefined || value === null) continue;
    if (typeof value === 'object' && !Array.isArray(value)) {
      if (name === 'augment') yield [path, 'yes'];
      yield* paths(value as Record<string, unknown>, `${path}.`);
    } else if (typeof value === 'boolean') {
      yield [path, value ? 'yes' : 'no'];
    } else {
      yield [path, Array.isArray(value) ? value.join(' ') : String(value)];
    }
  }
}

/** A source of data without its folders. */
export function shortSource(source: string): string {
  return basename(source) || source;
}
