import type { Command } from 'commander';
import type { InfoFlags } from '../data/info.js';
import { oneOf, wholeNumber } from '../parse.js';

const examples = `
Examples:
  $ bcl data download cifar10
  $ bcl data download cifar100 --mirror https://mirror.example/cifar/
  $ bcl data info cifar10 --split test --out cifar10.png

Downloads are kept in the cache of this user, or in $BCL_HOME. One that was stopped goes on where it was.`;

/** Adds `bcl data` and what it can do. */
export function addData(program: Command): void {
  const data = program
    .command('data')
    .description('list, download, verify and look at data sets')
    .addHelpText('after', examples);
  data
    .command('list')
    .description('list the data sets that are known by name, and which are here')
    .action(async () => {
      const { listData } = await import('../data/list.js');
      await listData();
    });
  data
    .command('download')
    .description('download data sets; what is here is checked and kept')
    .argument('<name...>', 'names of data sets')
    .option('--mirror <address>', 'another place that has the files under their names')
    .action(async (names: string[], flags: { mirror?: string }) => {
      const { downloadData } = await import('../data/download.js');
      await downloadData(names, flags);
    });
  data
    .command('verify')
    .description('compare downloaded files with their checksums')
    .argument('[name...]', 'names of data sets (default: all that are here)')
    .action(async (names: string[]) => {
      const { verifyData } = await import('../data/verify.js');
      await verifyData(names);
    });
  data
    .command('info')
    .description('count the classes of a data set, measure it, and draw some of its images')
    .argument('[source]', 'name, archive or folder', 'embedded')
    .option('--split <part>', 'train or test', oneOf(['train', 'test'] as const), 'train' as const)
    .option('--limit <n>', 'look at the first n images', wholeNumber(1))
    .option('--out <file>', 'PNG file to write', 'data.png')
    .option('--count <n>', 'images of each class in it', wholeNumber(1), 10)
    .option('--seed <n>', 'which images', wholeNumber(0), 0)
    .action(async (source: string, flags: InfoFlags) => {
      const { dataInfo } = await import('../data/info.js');
      await dataInfo(source, flags);
    });
}
