import { bcl } from './fixtures/bcl.js';

describe('run', () => {
  test('shows every command, its examples and no hidden one in the help', async () => {
    const { code, out } = await bcl('--help');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ {2}train .*\n(.*\n)*^ {2}test .*\n(.*\n)*^ {2}compare .*\n(.*\n)*^ {2}mix .*\n(.*\n)*^ {2}data .*\n(.*\n)*^ {2}models .*\n(.*\n)*^ {2}doctor /m,
    );
    expect(out).toContain('$ bcl mix');
    expect(out).not.toMatch(/^ {2}start/m);
  });

  test('tells all flags of train with their defaults', async () => {
    const { out } = await bcl('train', '--help');
    const flags = [...out.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1]);
    expect(flags).toEqual([
      ...['--data', '--model', '--method', '--label', '--limit', '--test-limit', '--epochs'],
      ...['--batch-size', '--no-augment', '--seed'],
      ...['--optimizer', '--lr', '--schedule', '--milestones', '--warmup', '--momentum'],
      ...['--nesterov', '--weight-decay', '--decay-on', '--clip-norm', '--clip-value', '--ema'],
      ...['--backend', '--threads', '--resident', '--out', '--resume'],
      ...['--checkpoint-every', '--keep-every', '--log-every', '--tensorboard', '--debug'],
      '--revectorize',
    ]);
    expect(out).toMatch(/--method.*\(default: "bc\+"\)/);
    expect(out).toContain('Examples:');
  });

  test.each([
    [
      ['train', '--method', 'bcplus'],
      "argument 'bcplus' is invalid. Did you mean 'bc+'? Known: standard, bc, bc+.",
    ],
    [
      ['train', '--backend', 'wsam'],
      "Did you mean 'wasm'? Known: auto, tensorflow, webgpu, wasm, cpu.",
    ],
    [['test', 'x', '--backend', 'gpu'], "Did you mean 'cpu'?"],
    [
      ['train', '--schedule', 'cos'],
      "Did you mean 'cosine'? Known: cosine, milestones, polynomial, constant.",
    ],
    [['train', '--label', 'multi'], 'Known: ratio, single.'],
    [['models', 'summary', 'x', '--input', '32xx3'], 'It must be sizes with x between'],
    [['models', 'summary', 'x', '--input', '1x2x3x4'], 'It must be sizes with x between'],
    [['models', 'summary', 'x', '--set', 'depth'], 'It must be an option and its value'],
    [['models', 'draw', 'x', '--set', 'grwth=40'], "Did you mean 'growth'?"],
    [['models', 'draw', 'x', '--classes', '1'], 'It must be a whole number from 2 up.'],
    [['test', 'x', '--attack', 'fgms'], "Did you mean 'fgsm'? Known: fgsm, pgd."],
    [['test', 'x', '--attack', 'fgsm', '--epsilon', '8'], 'It must be from 0 to 1, as 2/255.'],
    [['test', 'x', '--attack', 'fgsm', '--epsilon', '1/2/3'], 'It must be from 0 to 1, as 2/255.'],
    [['test', 'x', '--attack', 'fgsm', '--epsilon', '2/'], 'It must be from 0 to 1, as 2/255.'],
    [
      ['train', '--lr', 'fast'],
      "option '--lr <x>' argument 'fast' is invalid. It must be a number above 0.",
    ],
    [['train', '--lr', '0'], 'It must be a number above 0.'],
    [['train', '--lr', 'NaN'], 'It must be a number above 0.'],
    [['train', '--lr', ''], 'It must be a number above 0.'],
    [['train', '--milestones', '100,,200'], 'It must be numbers above 0, as 100,150,200.'],
    [['train', '--milestones', '0.5,-1'], 'It must be numbers above 0, as 100,150,200.'],
    [['train', '--optimizer', 'sdg'], "Did you mean 'sgd'? Known: sgd, adam, adamw, swats."],
    [['train', '--ema', '1'], 'It must be a number above 0 and below 1.'],
    [['train', '--momentum', '1'], 'It must be a number from 0 to below 1.'],
    [['train', '--weight-decay', '-1'], 'It must be a number from 0 up.'],
    [['train', '--epochs', '1.5'], 'It must be a whole number from 1 up.'],
    [['train', '--limit', '0'], 'It must be a whole number from 1 up.'],
    [['train', '--seed', '-1'], 'It must be a whole number from 0 up.'],
    [['train', '--threads', 'many'], "It must be a whole number from 1 up, or 'auto'."],
    [
      ['train', '--checkpoint-every', '2.5'],
      'It must be a number of steps, as 500, or a time, as 10min.',
    ],
    [['train', '--checkpoint-every', '0min'], 'It must be a number of steps, as 500, or a time'],
    [
      ['test', 'x', '--checkpoint', 'first'],
      "It must be 'last', 'best' or the number of an epoch.",
    ],
    [['mix', '--count', 'six'], 'It must be a whole number from 1 up.'],
    [['train', '--epoch', '2'], "unknown option '--epoch'\n(Did you mean --epochs?)"],
    [['tran'], "unknown command 'tran'\n(Did you mean train?)"],
    [['test'], "missing required argument 'run folder'"],
    [['train', 'runs/x'], 'too many arguments'],
    [['compare'], "missing required argument 'run folder'"],
    [['compare', '/nowhere/at/all'], '/nowhere/at/all must be the folder of a run, or of runs'],
  ])('answers %p in words', async (args, text) => {
    const { code, err } = await bcl(...args);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: /);
    expect(err).toContain(text);
    expect(err).not.toContain('    at ');
  });

  test('tells an error of a command in one line', async () => {
    const { code, err } = await bcl('test', '/nowhere/at/all');
    expect(code).toBe(1);
    expect(err).toBe(
      'error: Run.open: /nowhere/at/all must be the folder of a run, got one without config.json\n',
    );
  });

  test.each([
    ['flag', ['--debug'], undefined],
    ['variable', [], '1'],
  ])('adds the stack when asked by %s', async (_, more, variable) => {
    if (variable) process.env.BCL_DEBUG = variable;
    try {
      const { err } = await bcl('test', '/nowhere/at/all', ...more);
      expect(err).toMatch(/got one without config\.json\n {4}at /);
    } finally {
      delete process.env.BCL_DEBUG;
    }
  });
});
