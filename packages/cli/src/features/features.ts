import '@bcl/models'; // Registers the layers that saved networks name.
import { writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { loadDataset } from '@bcl/datasets';
import {
  type FeatureSet,
  featureSet,
  featuresSvg,
  ModelManager,
  Run,
  writeFeatures,
} from '@bcl/trainer';
import { invocation, percent, say, shellWord } from '../format.js';
import type { BackendChoiceName } from '../names.js';
import { renderSvg } from '../sheet/renderSvg.js';
import { readyBackend } from '../training/readyBackend.js';
import { flagsOf } from '../training/settings.js';

/** Flags of `bcl features`. */
export interface FeaturesFlags {
  layer?: string;
  data?: string;
  limit: number;
  out: string;
  batchSize: number;
  backend: BackendChoiceName;
}

/** Writes page and picture of what the features of runs look like, and prints the numbers. */
export async function features(folders: readonly string[], flags: FeaturesFlags): Promise<void> {
  const { out } = flags;
  const picture = `${out.slice(0, out.length - extname(out).length)}.png`;
  if (extname(out) === '.png') {
    throw new Error(`features: --out must be the page to write, as features.html, got ${out}`);
  }
  await readyBackend(flags.backend);
  const sets: FeatureSet[] = [];
  for (const folder of folders) sets.push(await look(folder, flags));
  const command = `${invocation()} features ${words(folders, flags).map(shellWord).join(' ')}`;
  const page = await writeFeatures(out, sets, { command });
  await writeFile(picture, renderSvg(featuresSvg(sets)));
  for (const set of sets) for (const line of numbers(set)) say(line);
  say(`page:    ${page}`);
  say(`picture: ${picture}`);
}

/** What the features of a run look like. */
async function look(
  folder: string,
  { layer, data, limit, batchSize }: FeaturesFlags,
): Promise<FeatureSet> {
  const run = await Run.open(folder);
  if (!(await run.hasCheckpoint())) {
    throw new Error(
      `features: ${folder} has no checkpoint yet, one is written after each epoch; go on with it: bcl train --resume --out ${folder}`,
    );
  }
  const images = await loadDataset(data ?? flagsOf(run.config).data, { split: 'test', limit });
  const manager = await ModelManager.load(run.checkpoint);
  try {
    const options = { batchSize, ...(layer === undefined ? {} : { layer }) };
    return featureSet(basename(resolve(folder)), await manager.activations(images, options));
  } finally {
    manager.dispose();
  }
}

function numbers({ name, layer, classNames, separation }: FeatureSet): string[] {
  const { within, total, pairs } = separation;
  const [least] = pairs as [(typeof pairs)[number]];
  const mean = pairs.reduce((sum, { fisher }) => sum + fisher, 0) / pairs.length;
  return [
    `${name}, ${layer}:`,
    `  variance within classes: ${percent(total > 0 ? within / total : 0, 1)} of all`,
    `  Fisher's criterion: ${mean.toPrecision(3)} in the mean over pairs, ${least.fisher.toPrecision(3)} for ${classNames[least.a]} – ${classNames[least.b]}`,
  ];
}

/** The command line that writes the same page. */
function words(folders: readonly string[], flags: FeaturesFlags): string[] {
  const { layer, data, limit, out } = flags;
  return [
    ...folders,
    ...(layer === undefined ? [] : ['--layer', layer]),
    ...(data === undefined ? [] : ['--data', data]),
    ...['--limit', String(limit), '--out', out],
  ];
}
