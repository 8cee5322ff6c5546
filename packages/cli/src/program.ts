import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addCompare } from './commands/compare.js';
import { addData } from './commands/data.js';
import { addDoctor } from './commands/doctor.js';
import { addFeatures } from './commands/features.js';
import { addMix } from './commands/mix.js';
import { addModels } from './commands/models.js';
import { addReproduce } from './commands/reproduce.js';
import { addStart } from './commands/start.js';
import { addTest } from './commands/test.js';
import { addTrain } from './commands/train.js';

/** The whole command line. Commands load what they compute with only when they run. */
export function program(): Command {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  const bcl = new Command('bcl')
    .description(
      'Between-class learning for TensorFlow.js: mix two images of different classes, train a network to say the ratio.',
    )
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .option('--debug', 'show where in the code an error arose (or set BCL_DEBUG=1)')
    .option(
      '--revectorize',
      "let wasm compute in vectors of 256 bits, to the same numbers, by an experimental flag of Node's engine: Node 24 on, x86-64 (or set BCL_REVECTORIZE=1)",
    )
    // So that the processes and threads that are started from here have it too.
    .on('option:revectorize', () => {
      process.env.BCL_REVECTORIZE = '1';
    });
  addTrain(bcl);
  addTest(bcl);
  addCompare(bcl);
  addFeatures(bcl);
  addMix(bcl);
  addData(bcl);
  addModels(bcl);
  addReproduce(bcl);
  addDoctor(bcl);
  addStart(bcl);
  return bcl.addHelpText(
    'after',
    `
Begin with:
  $ bcl mix                                  look at mixed images
  $ bcl train --limit 500 --epochs 2         train for a moment on the embedded data set
  $ bcl train --data cifar10                 train on CIFAR-10, downloaded once
  $ bcl data list                            see which data sets are known by name
  $ bcl compare runs                         see runs side by side
  $ bcl models                               see what networks there are
  $ bcl doctor                               see what this machine computes with`,
  );
}
