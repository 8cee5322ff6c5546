import { type Command, Option } from 'commander';
import {
  decayedNames,
  labelNames,
  methodNames,
  nesterovNames,
  optimizerNames,
  scheduleNames,
} from '../names.js';
import { interval, number, numbers, oneOf, threads, wholeNumber } from '../parse.js';
import type { TrainFlags } from '../training/settings.js';
import { backendOption } from './backendOption.js';

const examples = `
Examples:
  Two epochs of BC+ on a part of the embedded data set, for a first look
    $ bcl train --limit 500 --epochs 2

  Standard learning on the first 5 000 images of CIFAR-10, downloaded once, to compare with
    $ bcl train --data cifar10 --limit 5000 --test-limit 2000 --method standard --out runs/standard

  Go on where a run was stopped
    $ bcl train --resume --out runs/standard

A run is a folder: config.json, metrics.jsonl, report.html, checkpoint/ (the last one) and best/ (that
of the epoch that tested best). Ctrl-C stops after the step at hand and saves it.`;

const positive = number('above 0', (x) => x > 0);
const atLeast0 = number('from 0 up', (x) => x >= 0);

/** Adds `bcl train`. */
export function addTrain(program: Command): void {
  program
    .command('train')
    .description('train a network and write a run folder with a report')
    .option('--data <source>', 'name (see bcl data list), archive or folder', 'embedded')
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
    .option('--no-augment', 'leave out random crop and flip')
    .option('--seed <n>', 'where chance begins: same seed, same numbers', wholeNumber(0), 0)
    .optionsGroup('How weights move:')
    .option('--optimizer <name>', optimizerNames.join(', '), oneOf(optimizerNames), 'sgd' as const)
    .option('--lr <x>', 'learning rate to begin with (default: 0.02 for sgd, else 0.001)', positive)
    .option(
      '--schedule <name>',
      `how the learning rate falls: ${scheduleNames.join(', ')}`,
      oneOf(scheduleNames),
      'cosine' as const,
    )
    .option(
      '--milestones <list>',
      'epochs, or parts of the run, after which the rate falls to a tenth (default: 0.4,0.6,0.8)',
      numbers,
    )
    .option('--warmup <epochs>', 'let the rate rise from a tenth in the first epochs', atLeast0, 0)
    .option(
      '--momentum <x>',
      "Nesterov's momentum of sgd, 0 for none (default: 0.9)",
      number('from 0 to below 1', (x) => x >= 0 && x < 1),
    )
    .option(
      '--nesterov <form>',
      `whose form of it: ${nesterovNames.join(', ')} (default: pytorch)`,
      oneOf(nesterovNames),
    )
    .option(
      '--weight-decay <x>',
      'pull of weights towards 0 (default: 0.0005; 0.01 for adamw)',
      atLeast0,
    )
    .option(
      '--decay-on <weights>',
      `what is pulled: ${decayedNames.join(', ')} (all but biases and batch norm)`,
      oneOf(decayedNames),
      'all' as const,
    )
    .option('--clip-norm <x>', 'longest gradient, all weights together', positive)
    .option('--clip-value <x>', 'largest number in a gradient', positive)
    .option(
      '--ema <decay>',
      'test by a moving average of the weights, as 0.999',
      number('above 0 and below 1', (x) => x > 0 && x < 1),
    )
    .optionsGroup('Where and how it runs:')
    .addOption(backendOption())
    .option('--threads <n>', "threads that share each batch, or 'auto'", threads, 'auto' as const)
    .option('--resident', 'keep the images on the device and make batches there: for webgpu', false)
    .option('--out <folder>', 'run folder, a new one (default: the next free in runs/)')
    .option('--resume', 'go on with the run in --out, with its own settings')
    .optionsGroup('What is kept of it:')
    .addOption(
      new Option('--checkpoint-every <n>', 'what a kill may cost: steps, as 500, or time, as 10min')
        .argParser(interval)
        .default({ minutes: 10 }, '10min'),
    )
    .option('--keep-every <n>', 'keep the checkpoint of every n-th epoch for good', wholeNumber(1))
    .option('--log-every <n>', 'steps from line to line of metrics.jsonl', wholeNumber(1), 10)
    .option('--tensorboard', 'write files for TensorBoard too, in tensorboard/', false)
    .addHelpText('after', examples)
    .action(async (flags: TrainFlags, command: Command) => {
      const given = new Set(
        Object.keys(flags).filter((name) => command.getOptionValueSource(name) === 'cli'),
      );
      const schedule = given.has('schedule') || !flags.milestones ? flags.schedule : 'milestones';
      const { train } = await import('../training/train.js');
      await train({ ...flags, schedule }, given);
    });
}
