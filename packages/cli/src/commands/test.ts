import type { Command } from 'commander';
import { attackNames } from '../names.js';
import { fraction, oneOf, whichCheckpoint, wholeNumber } from '../parse.js';
import type { TestFlags } from '../training/testRun.js';
import { backendOption } from './backendOption.js';

const examples = `
Examples:
  The whole test set of the data that the run was trained on
    $ bcl test runs/convnet-bcplus-1

  By the weights of the epoch that tested best
    $ bcl test runs/convnet-bcplus-1 --checkpoint best

  Its first 2 000 images, from another copy
    $ bcl test runs/convnet-bcplus-1 --data cifar-10-batches-bin --limit 2000

  How far it holds when every pixel may move by two grey levels of 255
    $ bcl test runs/convnet-bcplus-1 --attack fgsm --epsilon 2/255

  How near it is to what people saw in CIFAR-10's test images
    $ bcl test runs/convnet-bcplus-1 --soft-labels cifar10h

Images are preprocessed as the run saved it, so a BC+ network sees what it was trained on.`;

/** Adds `bcl test`. */
export function addTest(program: Command): void {
  program
    .command('test')
    .description('measure the accuracy of a trained run')
    .argument('<run folder>', 'folder that bcl train wrote')
    .option('--data <source>', 'data to test on (default: the data of the run)')
    .option('--limit <n>', 'test on the first n test images', wholeNumber(1))
    .option(
      '--checkpoint <which>',
      "'last', 'best', or an epoch that was kept by --keep-every",
      whichCheckpoint,
      'last' as const,
    )
    .option('--batch-size <n>', 'images at a time', wholeNumber(1), 128)
    .addOption(backendOption())
    .option(
      '--soft-labels <source>',
      "also compare with what people said: 'cifar10h', or its folder or .npy file",
    )
    .option(
      '--attack <name>',
      `also test on images changed so that it errs: ${attackNames.join(', ')}`,
      oneOf(attackNames),
    )
    .option(
      '--epsilon <x>',
      'how far a pixel may move, of the range 0..255 (default: 2/255)',
      fraction,
    )
    .option('--steps <n>', 'gradients an image, for pgd (default: 10)', wholeNumber(1))
    .option('--step-size <x>', 'how far a step goes (default: 2.5 epsilon / steps)', fraction)
    .addHelpText('after', examples)
    .action(async (folder: string, flags: TestFlags) => {
      const { testRun } = await import('../training/testRun.js');
      await testRun(folder, flags);
    });
}
