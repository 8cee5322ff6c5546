import { writeFile } from 'node:fs/promises';
import { type Dataset, Preprocessing, type Split } from '@bcl/datasets';
import { say } from '../format.js';
import { contactSheet } from '../sheet/contactSheet.js';
import { infoText } from './infoText.js';
import { readDataset } from './readDataset.js';

/** Flags of `bcl data info`. */
export interface InfoFlags {
  split: Split;
  limit?: number;
  out: string;
  count: number;
  seed: number;
}

/** Counts the classes of a data set, measures it, and draws some of its images into a PNG file. */
export async function dataInfo(source: string, flags: InfoFlags): Promise<void> {
  const { split, limit, out, count, seed } = flags;
  const dataset: Dataset = await readDataset(source, {
    split,
    ...(limit === undefined ? {} : { limit }),
  });
  for (const line of infoText(dataset, split, Preprocessing.fit(dataset, 'standard'))) say(line);
  await writeFile(out, contactSheet(dataset, { count, seed }));
  say();
  say(`${out}: up to ${count} images of each class`);
}
