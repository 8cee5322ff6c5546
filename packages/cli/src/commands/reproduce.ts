import type { Command } from 'commander';
import { threads, wholeNumber } from '../parse.js';
import type { ReproduceFlags } from '../reproduce/ReproduceFlags.js';
import { backendOption } from './backendOption.js';

const examples = `
Examples:
  What there is to reproduce
    $ bcl reproduce

  A table cut down to what a laptop can do in an hour; the table says so
    $ bcl reproduce report-table1 --limit 2000 --test-limit 2000 --epochs 5

  A part of it
    $ bcl reproduce bc-table2 --only '11-layer CNN' --only data=CIFAR-10 --trials 3

  One training alone, as a job of a cluster; the table is made by the command without --cell
    $ bcl reproduce bc-table4 --cell mixing_a-b_cifar-10 --trial 2 --out /shared/table4

A grid is a folder: a run folder for each training, table.md, table.csv and index.html. Ctrl-C stops it
after the steps at hand; the same command goes on, and runs only what is missing.`;

/** Adds `bcl reproduce`. */
export function addReproduce(program: Command): void {
  const onlyToo = (filter: string, before: string[] | undefined) => [...(before ?? []), filter];
  program
    .command('reproduce')
    .description("run a paper's table: all of its trainings, with mean ± standard error")
    .argument('[experiment]', 'which one (default: list them)')
    .option('--cifar10 <source>', 'where CIFAR-10 is, or its name to download it', 'cifar10')
    .option('--cifar100 <source>', 'where CIFAR-100 is, likewise', 'cifar100')
    .option('--cifar10h <source>', "where CIFAR-10H's .npy files are", 'cifar10h')
    .option('--limit <n>', 'train on the first n images', wholeNumber(1))
    .option('--test-limit <n>', 'test on the first n test images', wholeNumber(1))
    .option('--epochs <n>', "epochs instead of the paper's", wholeNumber(1))
    .option('--trials <n>', "trials of each cell instead of the paper's", wholeNumber(1))
    .option('--only <setting>', 'these cells alone, as model=ConvNet; may be repeated', onlyToo)
    .option('--processes <n>', "trainings at a time, or 'auto'", threads, 'auto' as const)
    .addOption(backendOption())
    .option('--resident', 'keep the images on the device and make batches there: for webgpu', false)
    .option('--out <folder>', 'folder of the grid (default: runs/<experiment>)')
    .option('--cell <id>', 'train this cell once, in this process')
    .option('--trial <n>', 'which trial of --cell', wholeNumber(1), 1)
    .addHelpText('after', examples)
    .action(async (experiment: string | undefined, flags: ReproduceFlags) => {
      const { reproduce } = await import('../reproduce/reproduce.js');
      await reproduce(experiment, flags);
    });
}
