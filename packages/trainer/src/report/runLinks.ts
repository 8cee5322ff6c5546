import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { GroupResult } from './summarizeGroup.js';

/** Where a page finds the reports of the runs that it compares: folder → address, relative to the page. */
export async function runLinks(
  page: string,
  results: readonly GroupResult[],
): Promise<ReadonlyMap<string, string>> {
  const folders = results.flatMap(({ trials }) => trials.map(({ folder }) => folder));
  const links = await Promise.all(
    folders.map(async (folder): Promise<[string, string][]> => {
      const report = join(folder, 'report.html');
      const path = relative(dirname(resolve(page)), resolve(report));
      // On another drive there is no way from one to the other.
      if (isAbsolute(path) || !(await exists(report))) return [];
      return [[folder, path.split(sep).map(encodeURIComponent).join('/')]];
    }),
  );
  return new Map(links.flat());
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
