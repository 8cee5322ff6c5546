import { writeFile } from 'node:fs/promises';
import { readDataset } from '../data/readDataset.js';
import { say } from '../format.js';
import type { LabelName } from '../names.js';
import { readyBackend } from '../training/readyBackend.js';
import { mixSamples } from './mixSamples.js';
import { renderSheet } from './renderSheet.js';

/** Flags of `bcl mix`. */
export interface MixFlags {
  data: string;
  limit: number;
  out: string;
  count: number;
  seed: number;
  label: LabelName;
}

/** Draws a sheet of mixed images into a PNG file. */
export async function mixPicture(flags: MixFlags): Promise<void> {
  const { data, limit, out, count, seed, label } = flags;
  const dataset = await readDataset(data, { limit });
  // A few small images: the backend that starts fastest.
  await readyBackend('cpu');
  const samples = await mixSamples(dataset, { count, seed, label, methods: ['bc', 'bc+'] });
  await writeFile(out, renderSheet(samples));
  say(`${out}: ${count} pairs of ${dataset.name}`);
}
