import { type Command, InvalidArgumentError } from 'commander';
import type { DrawFlags } from '../models/drawModel.js';
import type { SummaryFlags } from '../models/summarizeModel.js';
import { networkOptionNames, suggestion } from '../names.js';
import { wholeNumber } from '../parse.js';

const examples = `
Examples:
  $ bcl models
  $ bcl models summary resnet18 --classes 1000
  $ bcl models summary densenetBC --set depth=190 --set growth=40 --layers
  $ bcl models draw shakeShake --out shake.svg
  $ bcl models draw resnet18 --input 64 --out resnet18.png`;

/** Adds `bcl models`. */
export function addModels(program: Command): void {
  const models = program
    .command('models')
    .description('list the networks, say what one costs, draw one')
    .addHelpText('after', examples);
  models
    .command('list', { isDefault: true })
    .description('list the networks that there are')
    .action(async () => {
      const { listModels } = await import('../models/listModels.js');
      await listModels();
    });
  network(models.command('summary'))
    .description('parameters, multiply-adds and memory of a network')
    .option('--batch-size <n>', 'examples whose memory is counted', wholeNumber(1), 128)
    .option('--layers', 'a line for each layer, not for each stage')
    .action(async (name: string, flags: SummaryFlags) => {
      const { summarizeModel } = await import('../models/summarizeModel.js');
      await summarizeModel(name, flags);
    });
  network(models.command('draw'))
    .description('draw a network as .svg or .png')
    .option('--out <file>', 'picture to write (default: <name>.svg)')
    .action(async (name: string, flags: DrawFlags) => {
      const { drawModel } = await import('../models/drawModel.js');
      await drawModel(name, flags);
    });
}

/** What the commands take that build a network. */
function network(command: Command): Command {
  return command
    .argument('<name>', 'network, as bcl models lists it')
    .option('--classes <n>', 'number of classes', wholeNumber(2), 10)
    .option(
      '--input <shape>',
      'image as 224 or 32x32x3, sound as samples (default: as the network is meant)',
      shape,
    )
    .option(
      '--set <option=value>',
      `an option of the network, may come again: ${networkOptionNames.join(', ')}`,
      setting,
    );
}

function shape(text: string): number[] {
  const sizes = text.split(/[x×]/).map(Number);
  if (sizes.length > 3 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new InvalidArgumentError('It must be sizes with x between, as 224 or 32x32x3.');
  }
  return sizes;
}

type Settings = Record<string, number | boolean | string>;

function setting(text: string, before: Settings | undefined): Settings {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (name === '' || value === '') {
    throw new InvalidArgumentError('It must be an option and its value, as depth=190.');
  }
  if (!(networkOptionNames as readonly string[]).includes(name)) {
    throw new InvalidArgumentError(suggestion(name, networkOptionNames));
  }
  const number = Number(value);
  return { ...before, [name]: Number.isNaN(number) ? value : number };
}
