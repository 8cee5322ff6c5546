import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded } from '@bcl/datasets';
import { contactLayout } from './sheet/contactSvg.js';
import { layout } from './sheet/layout.js';

const home = join(__dirname, '..');
const program = join(home, 'dist', 'bcl.js');
const minutes = 60_000;

let folder: string;
beforeAll(() => {
  if (!existsSync(program)) throw new Error(`${program} is not built; run: pnpm build`);
  folder = mkdtempSync(join(tmpdir(), 'bcl-bin-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs a program of Node's in the test's folder. */
function node(...args: string[]): Promise<Outcome> {
  return nodeWith({}, ...args);
}

function nodeWith(more: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const options = { cwd: folder, maxBuffer: 1 << 28, env: { ...process.env, ...more } };
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, out, err) => {
      done({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const bcl = (...args: string[]) => node(program, ...args);

/** Bytes of a PNG file, `[height, width, channels]`. Jest cannot load the decoder's modules, Node can. */
async function readPng(
  path: string,
): Promise<{ width: number; height: number; at: (x: number, y: number) => number[] }> {
  const { out } = await node(
    '--input-type=module',
    '--eval',
    `import { decode } from ${JSON.stringify(join(home, 'node_modules', 'fast-png', 'lib', 'index.js'))};
     import { readFileSync } from 'node:fs';
     const { width, height, channels, data } = decode(readFileSync(${JSON.stringify(path)}));
     console.log(JSON.stringify({ width, height, channels, data: Buffer.from(data).toString('base64') }));`,
  );
  const { width, height, channels, data } = JSON.parse(out);
  const bytes = Buffer.from(data, 'base64');
  const at = (x: number, y: number) => {
    const from = (y * width + x) * channels;
    return [...bytes.subarray(from, from + 3)];
  };
  return { width, height, at };
}

interface MetricsLine {
  type: string;
  epoch: number;
  trainLoss: number;
  testAccuracy: number;
}

/** The lines of epochs in a run's metrics. */
function epochsOf(run: string): MetricsLine[] {
  const lines = readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line) as MetricsLine)
    .filter(({ type }) => type === 'epoch');
}

const small = [
  '--limit',
  '32',
  '--test-limit',
  '20',
  '--batch-size',
  '16',
  '--schedule',
  'constant',
];

describe('bcl', () => {
  test('loads neither TensorFlow.js nor a drawing library for its help', async () => {
    const { code, out } = await node(
      '--input-type=commonjs',
      '--eval',
      `import(${JSON.stringify(join(home, 'dist', 'index.js'))})
         .then(({ run }) => run(['node', 'bcl', '--help']))
         .then((code) => { console.log(JSON.stringify(Object.keys(require.cache))); process.exitCode = code; });`,
    );
    expect(code).toBe(0);
    const loaded = JSON.parse(out.trim().split('\n').at(-1) as string) as string[];
    expect(loaded.some((path) => path.includes('commander'))).toBe(true);
    expect(loaded.filter((path) => /@tensorflow|@resvg/.test(path))).toEqual([]);
  });

  test('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    expect(await bcl('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('tells a mistake in one line, and its stack when asked', async () => {
    const { code, err } = await bcl('mix', '--data', 'nowhere');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: loadDataset: [^\n]*'nowhere'[^\n]*\n$/);
    expect((await bcl('mix', '--data', 'nowhere', '--debug')).err).toContain('\n    at ');
  });

  test('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [program, 'doctor', '--no-speed'], { cwd: folder });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (part) => {
      err += part;
    });
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('names the nearest model', async () => {
    const { code, err } = await bcl('train', '--model', 'confnet');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: train: there is no model 'confnet'\. Did you mean 'convnet'\? Known: convnet, .*\.\n$/,
    );
  });

  test('doctor finds wasm, and nothing that prints on its own', async () => {
    const { code, out, err } = await bcl('doctor', '--no-speed');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ {2}yes {2}wasm /m);
    expect(out).toMatch(/^auto chooses /m);
    expect(out).toMatch(/^packages .*@tensorflow\/tfjs-core 4\./m);
    expect(out).toMatch(/^threads +[1-9]/m);
    expect(out).not.toMatch(/^speed/m);
  });

  test('doctor finds WebGPU with a driver for Vulkan, and not without', async () => {
    const { VK_DRIVER_FILES: driver } = process.env;
    const nowhere = { VK_DRIVER_FILES: '/nowhere.json', VK_ICD_FILENAMES: '/nowhere.json' };
    const without = (await nodeWith(nowhere, program, 'doctor', '--no-speed')).out;
    if (process.platform === 'linux') expect(without).toContain('of which /nowhere.json');
    if (!driver) {
      console.warn(
        'skipped: no driver for Vulkan in software; apt-get install chromium libvulkan1',
      );
      return;
    }
    expect(without).toMatch(/^ {2}no {3}webgpu {6}WebGPU found no adapter/m);
    const { out } = await bcl('doctor', '--no-speed');
    expect(out).toMatch(/^ {2}yes {2}webgpu {6}SwiftShader/m);
    expect(out).toMatch(/^auto chooses (wasm|tensorflow)/m);
    expect(out).toMatch(/^ {2}not webgpu: its adapter is a software one/m);
  });

  test('doctor measures a backend', async () => {
    const { code, out } = await bcl('doctor', '--ask', 'speed-wasm');
    expect(code).toBe(0);
    expect(Number(out)).toBeGreaterThan(0);
  });
});

describe('bcl models', () => {
  test('draws a network as a picture, without a word of TensorFlow.js', async () => {
    const drawn = await bcl('models', 'draw', 'resnet18', '--out', 'resnet18.png');
    expect(drawn).toEqual({ code: 0, out: 'resnet18.png: resnet18\n', err: '' });
    const png = await readPng(join(folder, 'resnet18.png'));
    expect(png.width).toBeGreaterThan(1000);
    expect(png.at(2, 2)).toEqual([255, 255, 255]);
  });
});

describe('bcl mix', () => {
  test('draws the images and their mixes, pixel by pixel', async () => {
    const { code, out, err } = await bcl(
      'mix',
      '--count',
      '3',
      '--seed',
      '4',
      '--limit',
      '60',
      '--out',
      'sheet.png',
    );
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'sheet.png: 3 pairs of embedded\n',
      err: '',
    });
    const png = await readPng(join(folder, 'sheet.png'));
    const at = layout({ width: 32, height: 32 }, 3, 2);
    expect([png.width, png.height]).toEqual([at.width, at.height]);

    // Everything is taken from the picture itself.
    const pixels = Array.from({ length: 1024 }, (_, i) => [i % 32, Math.floor(i / 32)] as const);
    for (let column = 0; column < 3; column++) {
      const image = (row: number) =>
        pixels.flatMap(([x, y]) =>
          png.at(at.x(column) + x * at.scale + 2, at.y(row) + y * at.scale + 1),
        );
      const [x1, x2, bc, bcPlus] = [image(0), image(1), image(2), image(3)];
      const r = shareOf(x1, x2, bc);
      expect(deviation(x1)).toBeGreaterThan(5);
      expect(worst(bc, (i) => r * num(x1, i) + (1 - r) * num(x2, i))).toBeLessThanOrEqual(0.6);

      const p = 1 / (1 + ((deviation(x1) / deviation(x2)) * (1 - r)) / r);
      const [m1, m2] = [mean(x1), mean(x2)];
      const wave = (i: number) =>
        (p * (num(x1, i) - m1) + (1 - p) * (num(x2, i) - m2)) / Math.hypot(p, 1 - p);
      expect(worst(bcPlus, (i) => clamp(127.5 + wave(i)))).toBeLessThanOrEqual(1);

      // The label's bar: blue for the first class, by its share.
      const bar = Array.from({ length: at.cellWidth }, (_, x) =>
        png.at(at.x(column) + x, at.labelTop + 7),
      );
      const blue = bar.filter(([red = 0, , blue = 0]) => blue > red).length;
      expect(Math.abs(blue - r * at.cellWidth)).toBeLessThanOrEqual(1);
    }
  });
});

describe('bcl data info', () => {
  test('counts the classes and draws images of each, pixel by pixel', async () => {
    const { code, out, err } = await bcl(
      ...['data', 'info', 'embedded', '--limit', '60', '--count', '3', '--out', 'contact.png'],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^embedded, to train on: 60 images of 32 × 32 × 3 in 10 classes$/m);
    expect(out).toMatch(/^mean of each channel +\d+\.\d {2}\d+\.\d {2}\d+\.\d$/m);
    expect(out).toMatch(/^disc +6 {2}█{30}$/m);
    expect(out).toMatch(/^contact\.png: up to 3 images of each class$/m);

    const png = await readPng(join(folder, 'contact.png'));
    const { width, height, scale, x, y } = contactLayout({ width: 32, height: 32 }, 10, 3);
    expect([png.width, png.height]).toEqual([width, height]);
    const set = embedded({ size: 60 });
    const images = Array.from({ length: 60 }, (_, i) =>
      set.images.subarray(i * 3072, (i + 1) * 3072).join(),
    );
    for (let row = 0; row < 10; row++) {
      const shown = [0, 1, 2].map((column) =>
        Array.from({ length: 1024 }, (_, i) =>
          png.at(x(column) + (i % 32) * scale + 1, y(row) + Math.floor(i / 32) * scale),
        )
          .flat()
          .join(),
      );
      const places = shown.map((image) => images.indexOf(image));
      expect(new Set(places).size).toBe(3);
      for (const place of places) expect(set.labels[place]).toBe(row);
    }
  });
});

const num = (values: number[], i: number) => values[i] as number;
const clamp = (value: number) => Math.min(255, Math.max(0, value));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

/** The r with which `r x1 + (1 - r) x2` comes nearest to a mix. */
function shareOf(x1: number[], x2: number[], mix: number[]): number {
  const apart = x1.map((value, i) => value - num(x2, i));
  const product = mean(apart.map((d, i) => d * (num(mix, i) - num(x2, i))));
  return product / mean(apart.map((d) => d * d));
}

/** The largest distance of values from what they should be. */
function worst(values: number[], expected: (i: number) => number): number {
  return Math.max(...values.map((value, i) => Math.abs(value - expected(i))));
}

describe('bcl train', () => {
  test(
    'trains, is tested, and goes on as if it had never stopped',
    async () => {
      const first = await bcl('train', ...small, '--epochs', '1', '--seed', '3', '--out', 'run');
      expect(first.err).toBe('');
      expect(first.code).toBe(0);
      expect(first.out).toMatch(/^epoch 1\/1 {3}training loss \d/m);
      expect(first.out).toMatch(/^test accuracy: \d+\.\d\d %$/m);
      expect(first.out).toMatch(/^report: +run\/report\.html$/m);
      expect(first.out).toMatch(/^ {2}bcl test run$/m);
      for (const name of ['config.json', 'checkpoint', 'report.html', 'samples.png']) {
        expect(existsSync(join(folder, 'run', name))).toBe(true);
      }

      const tested = await bcl('test', 'run', '--limit', '20');
      const accuracy = (epochsOf('run')[0]?.testAccuracy as number) * 100;
      expect(tested.code).toBe(0);
      expect(tested.out.split('\n')[0]).toBe(`accuracy: ${accuracy.toFixed(2)} %`);

      const attacked = await bcl('test', 'run', '--limit', '20', '--attack', 'fgsm');
      expect(attacked.out.split('\n')[0]).toBe(`accuracy: ${accuracy.toFixed(2)} %`);
      expect(attacked.out).toMatch(/^accuracy under fgsm, epsilon 2\/255: \d+\.\d\d %$/m);

      const resumed = await bcl('train', '--resume', '--out', 'run', '--epochs', '2');
      expect(resumed.code).toBe(0);
      expect(resumed.out).toContain('1 of 2 epochs done');
      const straight = await bcl(
        'train',
        ...small,
        '--epochs',
        '2',
        '--seed',
        '3',
        '--out',
        'straight',
      );
      expect(straight.code).toBe(0);
      expect(epochsOf('straight')).toHaveLength(2);
      const numbers = (run: string) =>
        epochsOf(run).map(({ epoch, trainLoss, testAccuracy }) => ({
          epoch,
          trainLoss,
          testAccuracy,
        }));
      expect(numbers('run')).toEqual(numbers('straight'));

      const again = await bcl('train', ...small, '--out', 'run');
      expect(again).toEqual({
        code: 1,
        out: '',
        err: 'error: train: run holds a run already; add --resume to go on with it, or choose another --out\n',
      });
      const other = await bcl('train', '--resume', '--out', 'run', '--seed', '4');
      expect(other.err).toMatch(/^error: train: --seed 4 is not what run was begun with \(3\)/);
    },
    3 * minutes,
  );

  test(
    'stops after the step at hand on Ctrl-C, saved, with success',
    async () => {
      const args = [...small, '--method', 'standard', '--epochs', '500', '--out', 'stopped'];
      const child = spawn(process.execPath, [program, 'train', ...args], { cwd: folder });
      let out = '';
      const code = await new Promise((done, fail) => {
        child.stdout.on('data', (text) => {
          if (!out.includes('epoch 1/500') && `${out}${text}`.includes('epoch 1/500')) {
            child.kill('SIGINT');
          }
          out += text;
        });
        child.on('error', fail).on('close', done);
      });
      expect(out).toMatch(/^stopped after step \d+, in epoch \d+ of 500; saved\.$/m);
      expect(out).toMatch(/^go on with: bcl train --resume --out stopped$/m);
      expect(code).toBe(0);
      expect(existsSync(join(folder, 'stopped', 'checkpoint'))).toBe(true);
      expect(existsSync(join(folder, 'stopped', 'samples.png'))).toBe(false);
      expect(readFileSync(join(folder, 'stopped', 'report.html'), 'utf8')).toContain(
        'of 500 epochs',
      );
    },
    2 * minutes,
  );

  test(
    'leaves no folder behind when there is nothing that it could train',
    async () => {
      const { code, err } = await bcl(
        'train',
        '--limit',
        '10',
        '--batch-size',
        '11',
        '--out',
        'none',
      );
      expect(code).toBe(1);
      expect(err).toMatch(/^error: ModelManager\.train: batchSize must be at most the 10 examples/);
      expect(existsSync(join(folder, 'none'))).toBe(false);
    },
    minutes,
  );
});
