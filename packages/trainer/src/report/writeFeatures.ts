import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkFeatureSets } from '../features/checkFeatureSets.js';
import type { FeatureSet } from '../features/featureSet.js';
import { writeBeside } from '../files/writeBeside.js';
import { featuresPage } from './featuresPage.js';
import { readUplot } from './readUplot.js';

export interface WriteFeaturesOptions {
  /** Default `What the features look like`. */
  title?: string;
  /** The command that makes the page again, to be shown on it. */
  command?: string;
}

/**
 * Writes a page with the features of models side by side: their points in three dimensions, to be turned, and the numbers
 * of how far their classes lie apart. It opens from disk and needs no network.
 *
 * @param path File to write, as `features.html`; folders that are missing on the way are made.
 * @param sets One for each model, all of the same classes.
 * @returns The path.
 * @throws RangeError when there is none, or classes differ.
 */
export async function writeFeatures(
  path: string,
  sets: readonly FeatureSet[],
  { title = 'What the features look like', command }: WriteFeaturesOptions = {},
): Promise<string> {
  checkFeatureSets('writeFeatures', sets);
  await mkdir(dirname(path), { recursive: true });
  await writeBeside(path, featuresPage(title, sets, await readUplot(), command));
  return path;
}
