import '@bcl/models'; // Registers the layers that a saved network names.
import { loadDataset } from '@bcl/datasets';
import { ModelManager, Run } from '@bcl/trainer';
import { say } from '../format.js';
import type { backendNames } from '../names.js';
import { readyBackend } from './readyBackend.js';
import { flagsOf } from './settings.js';
import { classText, testText } from './testText.js';

/** Flags of `bcl test`. */
export interface TestFlags {
  data?: string;
  limit?: number;
  batchSize: number;
  backend: (typeof backendNames)[number];
}

/** Tests a run and prints what came out. */
export async function testRun(folder: string, flags: TestFlags): Promise<void> {
  const run = await Run.open(folder);
  if (!(await run.hasCheckpoint())) {
    throw new Error(
      `test: ${folder} has no checkpoint yet, one is written after each epoch; go on with it: bcl train --resume --out ${folder}`,
    );
  }
  const backend = await readyBackend(flags.backend);
  const { data: trained } = flagsOf(run.config);
  const data = await loadDataset(flags.data ?? trained, {
    split: 'test',
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  });
  const manager = await ModelManager.load(run.checkpoint);
  try {
    const result = await manager.test(data, { batchSize: flags.batchSize });
    for (const line of testText(result, data.classNames)) say(line);
    say(
      `on ${result.count} test images of ${data.name}, after ${manager.epoch} epochs, by ${backend}`,
    );
    say();
    for (const line of classText(result, data.classNames)) say(line);
  } finally {
    manager.dispose();
  }
}
