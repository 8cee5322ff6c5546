import { join } from 'node:path';
import { writeBeside } from '../files/writeBeside.js';
import { page } from './page.js';
import { readRun } from './readRun.js';
import { readUplot } from './readUplot.js';

/**
 * Writes report.html of a run: its score, curves, mixed samples, confusion matrix and settings on one
 * page that opens from disk and needs no network.
 *
 * The page is made of config.json, metrics.jsonl, confusion.json and samples.png of the run folder;
 * what is not there yet is left out, so a report can be written at any time of a run. It is written
 * beside the old one and then put in its place: a reader never sees half a page.
 *
 * @param runFolder Folder of one run.
 * @returns Path of the report.
 * @throws Error when the folder has no config.json, or a file cannot be read as what it should be.
 */
export async function writeReport(runFolder: string): Promise<string> {
  const html = page(await readRun(runFolder), await readUplot());
  const path = join(runFolder, 'report.html');
  await writeBeside(path, html);
  return path;
}
