import type { ComparisonGroup, RunConfig } from '@bcl/trainer';
import { suggestion } from '../names.js';
import { type FlatSettings, flatSettings, shortSource } from './flatSettings.js';

/** A run to compare with others. */
export interface ComparedRun {
  folder: string;
  config: RunConfig;
}

interface Trials {
  settings: FlatSettings;
  runs: ComparedRun[];
}

/** Settings that name a group even where they are the same in all. */
const telling = ['model', 'method', 'label'];

/**
 * Puts runs that differ by their seed alone into one group, as its trials.
 *
 * @param groupBy Settings that name the groups and that the page filters by. Default: model, method, label and
 * whatever else differs.
 * @throws Error when two runs are the same to the seed, a setting is unknown, or `groupBy` leaves two groups
 * with one name.
 */
export function groupRuns(
  runs: readonly ComparedRun[],
  groupBy?: readonly string[],
): ComparisonGroup[] {
  const groups = trials(runs);
  const known = [...new Set(groups.flatMap(({ settings }) => [...settings.keys()]))];
  for (const name of groupBy ?? []) {
    if (known.includes(name)) continue;
    throw new Error(`compare: there is no setting '${name}'. ${suggestion(name, known)}`);
  }
  const names = groupBy ?? [...telling, ...differing(groups, known)];
  const texts = sourcesAreShort(groups);
  const named = new Map<string, Trials>();
  return groups.map((group) => {
    const settings = names.flatMap((name): [string, string][] => {
      const value = group.settings.get(name);
      return value === undefined
        ? []
        : [[name, texts && name === 'data' ? shortSource(value) : value]];
    });
    const name = settings.map(([setting, value]) => words(setting, value)).join(', ') || 'all';
    const other = named.get(name);
    if (other) throw sameName(name, other, group, known);
    named.set(name, group);
    return {
      name,
      settings: Object.fromEntries(settings),
      runs: group.runs.map(({ folder }) => folder),
    };
  });
}

/** Runs of the same settings together. */
function trials(runs: readonly ComparedRun[]): Trials[] {
  const flat = flatSettings(runs.map(({ config }) => config));
  const groups = new Map<string, Trials>();
  for (const [index, run] of runs.entries()) {
    const settings = flat[index] as FlatSettings;
    const key = JSON.stringify([...settings].sort());
    const group = groups.get(key) ?? { settings, runs: [] };
    const twin = group.runs.find(({ config }) => config.seed === run.config.seed);
    if (twin) {
      throw new Error(
        `compare: trials must differ by their seed, got ${twin.folder} and ${run.folder} with the same settings and seed ${run.config.seed}; leave one out`,
      );
    }
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Settings, besides the telling ones, that set groups apart as no earlier one does. */
function differing(groups: readonly Trials[], known: readonly string[]): string[] {
  const split = (name: string) => {
    const values = groups.map(({ settings }) => settings.get(name));
    return values.map((value) => values.indexOf(value)).join(' ');
  };
  const seen = new Set([groups.map(() => 0).join(' '), ...telling.map(split)]);
  return known.filter((name) => {
    if (telling.includes(name) || seen.has(split(name))) return false;
    seen.add(split(name));
    return true;
  });
}

/** Whether sources of data can be told apart without their folders. */
function sourcesAreShort(groups: readonly Trials[]): boolean {
  const sources = [...new Set(groups.flatMap(({ settings }) => settings.get('data') ?? []))];
  return new Set(sources.map(shortSource)).size === sources.length;
}

/** A setting as words: `convnet`, `bc+`, `ratio label`, `lr 0.1`. */
function words(setting: string, value: string): string {
  if (setting === 'label') return `${value} label`;
  return ['model', 'method', 'data'].includes(setting) ? value : `${setting} ${value}`;
}

function sameName(name: string, a: Trials, b: Trials, known: readonly string[]): Error {
  const apart = known.filter((each) => a.settings.get(each) !== b.settings.get(each));
  return new Error(
    `compare: ${a.runs[0]?.folder} and ${b.runs[0]?.folder} are both '${name}' and differ in ${apart.join(', ')}; trials differ by their seed alone: name one of these in --group-by too`,
  );
}
