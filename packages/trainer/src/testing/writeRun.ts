import { Run } from '../run/Run.js';
import type { RunSettings } from '../run/RunConfig.js';
import { settings } from './runSettings.js';

/** What a run is to have measured, epoch by epoch; null where an epoch was not tested. */
export interface RunNumbers {
  /** Test errors in percent. */
  testErrors: readonly (number | null)[];
  /** Epochs that it is to have. Default: those that it has had. */
  epochs?: number;
  /** Training time of an epoch. Default 10. */
  seconds?: number;
  /** Settings that differ from those of all test runs. */
  settings?: Partial<RunSettings>;
}

/** Writes a run folder with such numbers, through the same `Run` that a training writes to. */
export async function writeRun(folder: string, numbers: RunNumbers): Promise<Run> {
  const { testErrors, epochs = testErrors.length, seconds = 10 } = numbers;
  const run = await Run.create(folder, {
    ...settings,
    ...numbers.settings,
    training: { ...settings.training, epochs, ...numbers.settings?.training },
  });
  for (const [index, testError] of testErrors.entries()) {
    const epoch = index + 1;
    await run.record({
      type: 'epoch',
      epoch,
      step: 3 * epoch,
      trainLoss: 2 / epoch,
      trainAccuracy: 1 - 0.5 / epoch,
      ...(testError === null
        ? {}
        : { testLoss: testError / 20, testAccuracy: 1 - testError / 100 }),
      seconds,
      imagesPerSecond: 100,
      learningRate: 0.1,
    });
  }
  return run;
}
