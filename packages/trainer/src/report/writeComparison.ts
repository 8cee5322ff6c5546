import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeBeside } from '../files/writeBeside.js';
import { type Comparison, checkComparison } from './Comparison.js';
import { comparisonPage } from './comparisonPage.js';
import { readComparison } from './readComparison.js';
import { readUplot } from './readUplot.js';
import { runLinks } from './runLinks.js';

/**
 * Writes a page that shows groups of runs side by side: their test errors beside what was published,
 * and their curves. It opens from disk and needs no network.
 *
 * It can be written at any time: runs that have not begun or are under way count as far as they are.
 * The page is written beside an older one and then put in its place.
 *
 * @param path File to write, as `compare.html`; folders that are missing on the way are made.
 * @returns The path.
 * @throws Error when the comparison contradicts itself, or a file of a run is not what a run writes.
 */
export async function writeComparison(path: string, comparison: Comparison): Promise<string> {
  checkComparison('writeComparison', comparison);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new Error(`writeComparison: ${path} must be a file to write, got a folder`);
  }
  const results = await readComparison(comparison);
  const links = await runLinks(path, results);
  await mkdir(dirname(path), { recursive: true });
  await writeBeside(path, comparisonPage(comparison, results, links, await readUplot()));
  return path;
}
