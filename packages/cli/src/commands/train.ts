import type { Command } from 'commander';
import { backendNames, labelNames, methodNames, scheduleNames } from '../names.js';
import { number, oneOf, threads, wholeNumber } from '../parse.js';
import type { TrainFlags } from '../training/settings.js';

const examples = `
Examples:
  Two epochs of BC+ on a part of the embedded data set, for a first look
    $ bcl train --limit 500 --epochs 2

  Standard learning on the first 5 000 images of CIFAR-10, to compare with
    $ bcl train --data cifar-10-binary.tar.gz --limit 5000 --test-limit 2000 --method standard --out runs/standard

  Go on where a run was stopped
    $ bcl train --resume --out runs/standard

A run is a folder: config.json, metrics.jsonl, checkpoint/ and report.html. Ctrl-C stops after the
step at hand and saves it.`;

/** Adds `bcl train`. */
export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train a network and write a run folder with a report')
    .option('--data <source>', "'embedded', or CIFAR-10 as .tar.gz or folder", 'embedded')
    .option('--model <name>', 'network to train', 'convnet')
    .option(
      '--method <name>',
      `how to learn: ${methodNames.join(', ')}`,
      oneOf(methodNames),
      'bc+' as const,
    )
    .option(
      '--label <rule>',
      `label of a mix: ${labelNames.join(', ')}`,
      oneOf(labelNames),
      'ratio' as const,
    )
    .option('--limit <n>', 'train on the first n images', wholeNumber(1))
    .option('--test-limit <n>', 'test on the first n test images', wholeNumber(1))
    .option('--epochs <n>', 'passes over the training set', wholeNumber(1), 5)
    .option('--batch-size <n>', 'images a step', wholeNumber(1), 64)
    .option(
      '--lr <x>',
      'learning rate to begin with',
      number('above 0', (x) => x > 0),
      0.02,
    )
    .option(
      '--schedule <name>',
      `how the learning rate falls: ${scheduleNames.join(', ')}`,
      oneOf(scheduleNames),
      'cosine' as const,
    )
    .option(
      '--momentum <x>',
      "Nesterov's momentum, 0 for none",
      number('from 0 to below 1', (x) => x >= 0 && x < 1),
      0.9,
    )
    .option(
      '--weight-decay <x>',
      'pull of all weights towards 0',
      number('from 0 up', (x) => x >= 0),
      5e-4,
    )
    .option('--no-augment', 'leave out random crop and flip')
    .option('--seed <n>', 'where chance begins: same seed, same numbers', wholeNumber(0), 0)
    .option(
      '--backend <name>',
      `what computes: ${backendNames.join(', ')}`,
      oneOf(backendNames),
      'auto' as const,
    )
    .option('--threads <n>', "threads that share each batch, or 'auto'", threads, 'auto' as const)
    .option('--out <folder>', 'run folder, a new one (default: the next free in runs/)')
    .option('--resume', 'go on with the run in --out, with its own settings')
    .addHelpText('after', examples)
    .action(async (flags: TrainFlags, command: Command) => {
      const given = new Set(
        Object.keys(flags).filter((name) => command.getOptionValueSource(name) === 'cli'),
      );
      const { train } = await import('../training/train.js');
      await train(flags, given);
    });
}
