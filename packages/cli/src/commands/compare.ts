import type { Command } from 'commander';
import type { CompareFlags } from '../compare/compare.js';

const examples = `
Examples:
  $ bcl compare runs
  $ bcl compare runs/standard-* runs/bcplus-* --out methods.html
  $ bcl compare runs --group-by method,lr

Runs that differ by their seed alone are trials of one setting. The page has a table of test errors,
mean ± standard error over trials, and their curves; it opens from disk.`;

/** Adds `bcl compare`. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('write a page with runs side by side')
    .argument('<run folder...>', 'folders that bcl train wrote, or folders of such folders')
    .option('--out <file>', 'page to write', 'compare.html')
    .option(
      '--group-by <settings>',
      'name and filter by these settings, with commas between (default: model, method, label and what differs)',
      (text) => text.split(',').map((name) => name.trim()),
    )
    .addHelpText('after', examples)
    .action(async (folders: string[], flags: CompareFlags) => {
      const { compare } = await import('../compare/compare.js');
      await compare(folders, flags);
    });
}
