import { rm } from 'node:fs/promises';
import { checkFile, download, type PublishedFile } from '@bcl/datasets';
import { say } from '../format.js';
import { withDownloadProgress } from './downloadProgress.js';
import { named } from './named.js';
import { stateOf } from './state.js';

/** Downloads data sets by their names; what is here is checked, and kept when it is right. */
export async function downloadData(
  names: readonly string[],
  { mirror }: { mirror?: string },
): Promise<void> {
  // All names are looked up before the first byte is asked for.
  for (const { name, files } of names.map((each) => named('data download', each))) {
    if (files.length === 0) say(`${name}: drawn by code, nothing to download`);
    for (const file of files) say(`${name}: ${await bring(file, mirror)}`);
  }
}

/** The path of a file that is whole and right. */
async function bring(file: PublishedFile, mirror: string | undefined): Promise<string> {
  const { path, state } = await stateOf(file);
  if (state === 'here') {
    const fault = await checkFile(path, file);
    if (fault === undefined) return `${path} is here and right`;
    say(`${path} is damaged: expected ${fault}; downloading it again`);
    await rm(path);
  }
  const elsewhere = mirror === undefined ? {} : { mirror };
  return withDownloadProgress((shown) => download(file, { ...shown, ...elsewhere }));
}
