import type { Command } from 'commander';
import type { TrainFlags } from '../training/settings.js';

/** The main job: ConvNet with BC+ on the embedded data set, a minute and a half or so on two cores. */
const mainJob: TrainFlags = {
  data: 'embedded',
  model: 'convnet',
  method: 'bc+',
  label: 'ratio',
  limit: 2000,
  testLimit: 500,
  epochs: 5,
  batchSize: 32,
  optimizer: 'sgd',
  decayOn: 'all',
  schedule: 'cosine',
  warmup: 0,
  augment: true,
  seed: 0,
  backend: 'auto',
  threads: 'auto',
  resident: false,
  logEvery: 10,
  checkpointEvery: { minutes: 10 },
  tensorboard: false,
};

/** Adds `bcl start`, what `npm start` runs; not in the help, as `train` says it all. */
export function addStart(program: Command): void {
  program
    .command('start', { hidden: true })
    .description('train ConvNet with BC+ on the embedded data set, two minutes or so')
    .action(async () => {
      const [{ nextFreeFolder }, { train }] = await Promise.all([
        import('../training/nextFreeFolder.js'),
        import('../training/train.js'),
      ]);
      await train({ ...mainJob, out: nextFreeFolder('runs', 'start') }, new Set());
    });
}
