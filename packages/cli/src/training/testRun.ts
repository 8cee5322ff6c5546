import '@bcl/models'; // Registers the layers that a saved network names.
import { loadDataset } from '@bcl/datasets';
import { ModelManager, Run } from '@bcl/trainer';
import { percent, say } from '../format.js';
import type { backendNames } from '../names.js';
import { readyBackend } from './readyBackend.js';
import { flagsOf } from './settings.js';

/** Flags of `bcl test`. */
export interface TestFlags {
  data?: string;
  limit?: number;
  batchSize: number;
  backend: (typeof backendNames)[number];
}

/** Measures the accuracy of a run and prints it. */
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
    const { accuracy, loss, count } = await manager.test(data, { batchSize: flags.batchSize });
    say(`accuracy: ${percent(accuracy)}`);
    say(`loss: ${loss.toFixed(4)}`);
    say(`on ${count} test images of ${data.name}, after ${manager.epoch} epochs, by ${backend}`);
  } finally {
    manager.dispose();
  }
}
