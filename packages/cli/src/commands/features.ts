import type { Command } from 'commander';
import type { FeaturesFlags } from '../features/features.js';
import { wholeNumber } from '../parse.js';
import { backendOption } from './backendOption.js';

const examples = `
Examples:
  $ bcl features runs/standard runs/bcplus
  $ bcl features runs/standard runs/bcplus --layer fc5 --limit 2000 --out fc5.html

What a layer gives for each test image, in three dimensions and class by class, and how far the classes
lie apart: a page to turn it in, and a picture beside it as PNG.`;

/** Adds `bcl features`. */
export function addFeatures(program: Command): void {
  program
    .command('features')
    .description('show what the features of runs look like, side by side')
    .argument('<run folder...>', 'folders that bcl train wrote')
    .option('--layer <name>', 'layer whose output is looked at (default: what the last one is fed)')
    .option('--data <source>', 'images to look at (default: the test images of each run)')
    .option('--limit <n>', 'the first n test images', wholeNumber(2), 1000)
    .option('--out <file>', 'page to write; the picture is called alike', 'features.html')
    .option('--batch-size <n>', 'images at a time', wholeNumber(1), 128)
    .addOption(backendOption())
    .addHelpText('after', examples)
    .action(async (folders: string[], flags: FeaturesFlags) => {
      const { features } = await import('../features/features.js');
      await features(folders, flags);
    });
}
