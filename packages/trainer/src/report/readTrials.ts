import { join } from 'node:path';
import { parseJson, readText } from './readFiles.js';
import { type EpochLine, readMetrics } from './readMetrics.js';

/** One run of a group, as far as it is. */
export interface Trial {
  /** Its run folder. */
  folder: string;
  /** `done` when it has had all epochs that its config.json asks for. */
  state: 'not begun' | 'under way' | 'done';
  /** Epochs done. */
  epoch: number;
  /** Epochs that it is to have; undefined before it has begun. */
  epochs: number | undefined;
  seed: string | number | undefined;
  /** Share of right answers, 0..1, at the last epoch that was tested; undefined before the first. */
  testAccuracy: number | undefined;
  /** The same as an error in percent. */
  testError: number | undefined;
  /** The epoch with the lowest test error: chosen by the test set itself, so it flatters. */
  best: { testError: number; epoch: number } | undefined;
  /** Training time so far. */
  seconds: number;
  /** Lines of its epochs in metrics.jsonl, in order. */
  lines: readonly EpochLine[];
}

/**
 * Reads how far the trials of a group have come and what their last test said.
 *
 * A folder that is not there yet is a trial that has not begun. Half a line at the end of
 * metrics.jsonl, as a killed run leaves it, is passed over.
 *
 * @param group Run folders of the trials, as a {@link ComparisonGroup} has them.
 * @returns One trial a run, in the order given.
 * @throws Error when a file in such a folder is not what a run writes.
 */
export function readTrials({ runs }: { runs: readonly string[] }): Promise<Trial[]> {
  return Promise.all(runs.map(readTrial));
}

async function readTrial(folder: string): Promise<Trial> {
  const config = await readConfig(folder);
  const { epochs: lines } = await readMetrics(
    folder,
    `readTrials: ${join(folder, 'metrics.jsonl')}`,
  );
  const epoch = lines.at(-1)?.epoch ?? 0;
  const epochs = config?.training?.epochs;
  const tested = lines.flatMap(({ epoch, testAccuracy }) =>
    typeof testAccuracy === 'number'
      ? [{ epoch, testAccuracy, testError: 100 * (1 - testAccuracy) }]
      : [],
  );
  const [best] = [...tested].sort((a, b) => a.testError - b.testError);
  return {
    folder,
    state: config === undefined ? 'not begun' : epoch >= (epochs ?? 1) ? 'done' : 'under way',
    epoch,
    epochs,
    seed: config?.seed,
    testAccuracy: tested.at(-1)?.testAccuracy,
    testError: tested.at(-1)?.testError,
    best: best && { testError: best.testError, epoch: best.epoch },
    seconds: lines.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    lines,
  };
}

interface Config {
  seed?: string | number;
  training?: { epochs?: number };
}

async function readConfig(folder: string): Promise<Config | undefined> {
  const text = await readText(folder, 'config.json').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error;
    throw new Error(`readTrials: ${folder} must be the folder of a run, got a file`);
  });
  if (text === undefined) return undefined;
  const where = `readTrials: ${join(folder, 'config.json')}`;
  const config = parseJson(where, text);
  if (typeof config === 'object' && config !== null) return config as Config;
  throw new Error(`${where} must hold the settings of a run, got ${text.trim()}`);
}
