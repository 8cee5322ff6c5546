import type { Command } from 'commander';
import { labelNames } from '../names.js';
import { oneOf, wholeNumber } from '../parse.js';
import type { MixFlags } from '../sheet/mixPicture.js';

const examples = `
Examples:
  $ bcl mix
  $ bcl mix --data cifar10 --count 8 --seed 3 --out cifar.png

From top to bottom: image 1, image 2, their ratio, the BC mix, the BC+ mix, the label.`;

/** Adds `bcl mix`. */
export function addMix(program: Command): void {
  program
    .command('mix')
    .description('draw a picture of mixed images')
    .option('--data <source>', 'name (see bcl data list), archive or folder', 'embedded')
    .option('--out <file>', 'PNG file to write', 'mix.png')
    .option('--count <n>', 'pairs to show', wholeNumber(1), 6)
    .option('--seed <n>', 'which pairs', wholeNumber(0), 0)
    .option(
      '--label <rule>',
      `label of a mix: ${labelNames.join(', ')}`,
      oneOf(labelNames),
      'ratio' as const,
    )
    .option('--limit <n>', 'choose among the first n images', wholeNumber(2), 1000)
    .addHelpText('after', examples)
    .action(async (flags: MixFlags) => {
      const { mixPicture } = await import('../sheet/mixPicture.js');
      await mixPicture(flags);
    });
}
