import { cacheFolder, type NamedDataset, namedDatasets } from '@bcl/datasets';
import { megabytes, percent, say } from '../format.js';
import { stateOf } from './state.js';

/** Lists the data sets that are known by name, and what is here of them. */
export async function listData(): Promise<void> {
  const rows: [name: string, size: string, here: string, title: string][] = [];
  for (const set of namedDatasets.values()) {
    const bytes = set.files.reduce((sum, file) => sum + file.bytes, 0);
    rows.push([set.name, bytes > 0 ? megabytes(bytes) : '–', await hereOf(set, bytes), set.title]);
  }
  const widths = [0, 1, 2].map((k) => Math.max(...rows.map((row) => (row[k] as string).length)));
  for (const [name, size, here, title] of rows) {
    const [a = 0, b = 0, c = 0] = widths;
    say(`${name.padEnd(a)}  ${size.padStart(b)}  ${here.padEnd(c)}  ${title}`);
  }
  say();
  say(`downloads are kept in ${cacheFolder()}`);
}

/** How much of a data set is here. */
async function hereOf({ files }: NamedDataset, total: number): Promise<string> {
  if (files.length === 0) return 'here';
  const states = await Promise.all(files.map(stateOf));
  if (states.every(({ state }) => state === 'here')) return 'here';
  const bytes = states.reduce((sum, state) => sum + state.bytes, 0);
  return bytes > 0 ? percent(bytes / total, 0) : 'no';
}
