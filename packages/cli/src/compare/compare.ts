import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { comparisonMarkdown, Run, readComparison, writeComparison } from '@bcl/trainer';
import { invocation, say, shellWord } from '../format.js';
import { groupRuns } from './groupRuns.js';

/** Flags of `bcl compare`. */
export interface CompareFlags {
  out: string;
  groupBy?: string[];
}

/** Writes the page of a comparison and prints its table. */
export async function compare(
  asked: readonly string[],
  { out, groupBy }: CompareFlags,
): Promise<void> {
  const folders = (await Promise.all(asked.map(runFolders))).flat();
  const once = [...new Map(folders.map((folder) => [resolve(folder), folder])).values()];
  const runs = await Promise.all(
    once.map(async (folder) => ({ folder, config: (await Run.open(folder)).config })),
  );
  const groups = groupRuns(runs, groupBy);
  const more = groupBy ? ['--group-by', groupBy.join(',')] : [];
  const words = [...asked, ...(out === 'compare.html' ? [] : ['--out', out]), ...more];
  const path = await writeComparison(out, {
    title: `${runs.length} run${runs.length === 1 ? '' : 's'} side by side`,
    groups,
    command: `${invocation()} compare ${words.map(shellWord).join(' ')}`,
  });
  say(comparisonMarkdown(await readComparison({ groups })));
  say(`page: ${path}`);
}

/** A run folder itself, or the run folders in a folder, by name. */
async function runFolders(folder: string): Promise<string[]> {
  if (await isRun(folder)) return [folder];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `compare: ${folder} must be the folder of a run, or of runs, got ${error.code === 'ENOENT' ? 'no such folder' : 'a file'}`,
    );
  });
  const inside = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const found = await Promise.all(inside.map((name) => isRun(join(folder, name))));
  const runs = inside.filter((_, index) => found[index]).map((name) => join(folder, name));
  if (runs.length > 0) return runs;
  throw new Error(
    `compare: ${folder} must be the folder of a run, or of runs, got one without config.json`,
  );
}

function isRun(folder: string): Promise<boolean> {
  return stat(join(folder, 'config.json')).then(
    () => true,
    () => false,
  );
}
