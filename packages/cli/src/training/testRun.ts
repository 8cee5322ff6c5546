import '@bcl/models'; // Registers the layers that a saved network names.
import { cifar10h, type Dataset } from '@bcl/datasets';
import { ModelManager, Run } from '@bcl/trainer';
import { withDownloadProgress } from '../data/downloadProgress.js';
import { readDataset } from '../data/readDataset.js';
import { percent, say } from '../format.js';
import type { backendNames } from '../names.js';
import { type AttackFlags, attackOf, attackText } from './attackOf.js';
import { readyBackend } from './readyBackend.js';
import { flagsOf } from './settings.js';
import { classText, testText } from './testText.js';

/** Flags of `bcl test`. */
export interface TestFlags extends AttackFlags {
  data?: string;
  checkpoint: 'last' | 'best' | number;
  /** CIFAR-10H: its name, a folder or a file. */
  softLabels?: string;
  limit?: number;
  batchSize: number;
  backend: (typeof backendNames)[number];
}

/** Tests a run and prints what came out. */
export async function testRun(folder: string, flags: TestFlags): Promise<void> {
  const attack = attackOf(flags);
  const run = await Run.open(folder);
  const checkpoint = await placeOf(run, flags.checkpoint);
  const backend = await readyBackend(flags.backend);
  const { data: trained } = flagsOf(run.config);
  const data = await readTestSet(flags.data ?? trained, flags);
  const manager = await ModelManager.load(checkpoint);
  const { batchSize } = flags;
  try {
    const result = await manager.test(data, { batchSize });
    for (const line of testText(result, data.classNames)) say(line);
    say(
      `on ${result.count} test images of ${data.name}, after ${manager.epoch} epochs, by ${backend}`,
    );
    if (attack) {
      const attacked = await manager.test(data, { batchSize, attack });
      say(`accuracy under ${attackText(attack)}: ${percent(attacked.accuracy)}`);
      say(`loss under it: ${attacked.loss.toFixed(4)}`);
    }
    say();
    for (const line of classText(result, data.classNames)) say(line);
  } finally {
    manager.dispose();
  }
}

/** Where a checkpoint of a run is. */
async function placeOf(run: Run, which: TestFlags['checkpoint']): Promise<string> {
  const { folder } = run;
  if (!(await run.hasCheckpoint())) {
    throw new Error(
      `test: ${folder} has no checkpoint yet, one is written after each epoch; go on with it: bcl train --resume --out ${folder}`,
    );
  }
  if (which === 'last') return run.checkpoint;
  const place = which === 'best' ? run.best : run.kept(which);
  if (await run.hasCheckpoint(place)) return place;
  const why =
    which === 'best'
      ? 'none of its epochs was tested'
      : `epoch ${which} is not one that --keep-every kept`;
  throw new Error(`test: ${place} must be a checkpoint, but ${why}; leave out --checkpoint`);
}

/** The test images, with soft labels where they are asked for. */
function readTestSet(source: string, { limit, softLabels }: TestFlags): Promise<Dataset> {
  const limited = limit === undefined ? {} : { limit };
  if (softLabels === undefined) return readDataset(source, { split: 'test', ...limited });
  return withDownloadProgress((shown) =>
    cifar10h(softLabels, { images: source, ...limited, ...shown }),
  );
}
