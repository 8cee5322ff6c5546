/** Settings to look at side by side: each a group of runs that differ by their seed alone. */
export interface Comparison {
  title: string;
  /** Plain paragraphs above the table: what was cut down, what to read out of it. */
  notes?: readonly string[];
  groups: readonly ComparisonGroup[];
  /** The command that made it. */
  command?: string;
}

/** One setting and its trials. */
export interface ComparisonGroup {
  /** Name in tables and legends, as `ConvNet, BC+, ratio label`; no two groups have the same. */
  name: string;
  /** What the page filters by: name of a setting → its value, as `{ model: 'ConvNet', method: 'BC+' }`. */
  settings: Readonly<Record<string, string>>;
  /** Run folders, one for each trial; those that have not begun or are under way count as far as they are. */
  runs: readonly string[];
  /** What the paper says of this setting. */
  published?: PublishedError;
}

/** A test error that someone else measured. */
export interface PublishedError {
  /** Percent, as ours. */
  error: number;
  standardError?: number;
  /** Where it stands, as `arXiv:1711.10284, Table 1`. */
  source: string;
}

/**
 * Checks what a comparison is made of, before anything is read.
 *
 * @param caller Name of the function that the error is to name.
 * @throws Error when the title or a name is empty, two groups share a name or a run folder, or a
 * published error is no percentage.
 */
export function checkComparison(caller: string, { title, groups }: Comparison): void {
  if (title.trim() === '') throw new Error(`${caller}: a comparison must have a title, got none`);
  if (groups.length === 0) throw new Error(`${caller}: expected one group or more, got none`);
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const { name, runs, published } of groups) {
    if (name.trim() === '') throw new Error(`${caller}: each group must have a name, got ''`);
    if (names.has(name)) {
      throw new Error(
        `${caller}: the names of groups must differ, got '${name}' twice; name what sets them apart`,
      );
    }
    names.add(name);
    for (const folder of runs) {
      const owner = owners.get(folder);
      if (owner !== undefined) {
        throw new Error(
          `${caller}: a run is one trial of one group, got ${folder} in '${owner}' and in '${name}'`,
        );
      }
      owners.set(folder, name);
    }
    if (published === undefined) continue;
    checkPercent(caller, `the published error of '${name}'`, published.error);
    checkPercent(caller, `the published standard error of '${name}'`, published.standardError ?? 0);
  }
}

function checkPercent(caller: string, what: string, value: number): void {
  if (value >= 0 && value <= 100) return;
  throw new Error(`${caller}: ${what} must be a percentage from 0 to 100, got ${value}`);
}
