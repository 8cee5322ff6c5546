import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

// The file that scripts/offline/pack.mjs writes, and the benches that it carries for a machine with a GPU. To pack, unpack and run takes
// minutes: only with BCL_OFFLINE=1, of what is built.

const root = resolve(__dirname, '..');
let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bcl-offline-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command prints to both of its streams, and how it ends; it finds nothing in the environment but what is given. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { text: `${stdout}${stderr}`, status };
}

const { env } = process;
const { PATH } = env;
const step = join(root, 'bench', 'step.py');
const withPython = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip;

withPython('bench/step.py', () => {
  /** Runs it with modules in the place of PyTorch's. */
  function train(args: string[], torch: Record<string, string>) {
    const home = mkdtempSync(join(folder, 'python-'));
    for (const [file, text] of Object.entries(torch)) {
      mkdirSync(join(home, 'torch', 'nn'), { recursive: true });
      writeFileSync(join(home, 'torch', file), text);
    }
    return run('python3', [step, ...args], { PATH, PYTHONPATH: home });
  }
  const withoutGpu = (cuda: string) => ({
    '__init__.py': `__version__ = '2.0'\nclass cuda: is_available = lambda: False\nclass version: cuda = ${cuda}\n`,
    'nn/__init__.py': '',
    'nn/functional.py': '',
  });

  test('refuses a GPU that PyTorch cannot use, and says for what it is built', () => {
    expect(train(['--device', 'cuda'], withoutGpu('None'))).toEqual({
      text: 'step.py: --device cuda needs a GPU that PyTorch can use, got none: PyTorch 2.0 is built without CUDA\n',
      status: 1,
    });
    expect(train(['--device', 'cuda', '--tf32'], withoutGpu("'12.4'")).text).toMatch(
      /got none: PyTorch 2\.0 is built for CUDA 12\.4\n$/,
    );
  });

  test('refuses TF32 on a CPU, too few steps, and to go on without PyTorch', () => {
    expect(train(['--tf32'], withoutGpu('None')).text).toBe(
      'step.py: --tf32 is for --device cuda, got --device cpu\n',
    );
    expect(train(['--steps', '2'], withoutGpu('None')).text).toBe(
      'step.py: --steps must be at least 3, got 2\n',
    );
    const absent = { '__init__.py': "raise ImportError('libcudart.so.12 is not found')" };
    expect(train([], absent)).toEqual({
      text: expect.stringMatching(
        /^step\.py: PyTorch does not load in .*python3.* \(libcudart\.so\.12 is not found\); pip install torch\n$/,
      ),
      status: 1,
    });
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('run, of the folder that was unpacked', () => {
  test('names what it knows, and says where CIFAR-10 is to come from', () => {
    const home = join(folder, 'empty');
    mkdirSync(join(home, 'lib', 'libc.so.6'), { recursive: true });
    copyFileSync(join(root, 'scripts', 'offline', 'run'), join(home, 'run'));
    const refusal = (...args: string[]) => run('sh', [join(home, 'run'), ...args], { PATH });
    expect(refusal('benchmark')).toEqual({
      text: 'run: expected doctor, conformance, bench, gpu, reproduce, all or bcl, got benchmark\n',
      status: 1,
    });
    expect(refusal('gpu', 'all')).toEqual({
      text: 'run: expected gpu, gpu training, gpu gradients or gpu resident, got gpu all\n',
      status: 1,
    });
    const { text, status } = refusal('reproduce', '--epochs', '1');
    expect(text).toMatch(
      /^run: reproduce needs CIFAR-10, which did not come along; pack with --cifar /,
    );
    expect(status).toBe(1);
  });
});

const asked = env.BCL_OFFLINE ? describe : describe.skip;

asked(`the packed file${env.BCL_OFFLINE ? '' : ' (skipped: BCL_OFFLINE=1 packs it)'}`, () => {
  const file = () => join(folder, 'bcl-offline.sh');
  const offline = (...args: string[]) => run('sh', [file(), ...args], { VK_DRIVER_FILES: '/none' });
  let archive: string;

  beforeAll(() => {
    archive = cifar();
    const packer = join(root, 'scripts', 'offline', 'pack.mjs');
    const packed = run(process.execPath, [packer, '--out', file(), '--cifar', archive], { PATH });
    expect(packed.text).toContain(`wrote ${file()}`);
  }, 600_000);

  test('is below 60 MiB without the data, and runs with nothing in the environment', () => {
    expect(statSync(file()).size - statSync(archive).size).toBeLessThan(60 * 2 ** 20);
    expect(offline('doctor', '--no-speed').text).toMatch(/^ +yes +wasm/m);
  }, 120_000);

  test('carries every suite that a backend is asked for', () => {
    const listed = offline('conformance', 'webgpu', '--', '--listTests');
    const carried = listed.text.split('\n').filter((line) => line.endsWith('.test.js'));
    const app = join(folder, 'bcl-offline', 'app');
    const wanted = sources().filter(
      (path) =>
        /\.(ops|webgpu)\.test\.ts$/.test(path) ||
        /backends\/src\/webgpu\/[^/]+\.test\.ts$/.test(path),
    );
    expect(carried.map((path) => relative(app, path).replace(/js$/, 'ts')).sort()).toEqual(
      wanted.sort(),
    );
  }, 60_000);

  test('runs suites, and tells at its end of a backend on which they failed', () => {
    const some = ['--', 'packages/mixing/src/mixLabels'];
    expect(offline('conformance', 'wasm', ...some)).toMatchObject({
      text: expect.stringMatching(/^Tests: +\d+ passed, \d+ total$/m),
      status: 0,
    });
    const { text, status } = offline('conformance', 'webgpu', 'cpu', ...some);
    expect(text).toMatch(/==> tests on cpu\n/);
    expect(text).toMatch(/run: failed: webgpu\n$/);
    expect(status).toBe(1);
  }, 300_000);

  test('measures resident images; and names what it cannot train by', () => {
    const few = ['--backends', 'wasm', '--batch', '2', '--batches', '2', '--rounds', '1'];
    expect(offline('gpu', 'resident', ...few)).toMatchObject({
      text: expect.stringContaining('kept in bench/results/resident.json'),
      status: 0,
    });
    const one = ['--networks', 'convnet', '--batch', '1', '--steps', '3', '--runs', '1'];
    const { text, status } = offline('gpu', 'training', ...one, '--python', 'no-python');
    expect(text).toMatch(/^convnet by webgpu is left out: Error: useBackend: .*webgpu/m);
    expect(text).toMatch(/^convnet by PyTorch is left out: spawnSync no-python ENOENT$/m);
    expect(status).toBe(1);
  }, 120_000);

  test('trains a table on the archive that came along', () => {
    const cuts =
      '--limit 64 --test-limit 4 --epochs 1 --trials 1 --only BC+ --only label=ratio --backend wasm';
    const { text, status } = offline('reproduce', ...cuts.split(' '));
    expect(text).toMatch(/^\| ConvNet, BC\+, ratio \| \d/m);
    expect(status).toBe(0);
  }, 120_000);
});

/** An archive like CIFAR-10's, of twenty images a file. */
function cifar(): string {
  const home = join(folder, 'cifar-10-batches-bin');
  mkdirSync(home);
  for (const name of [
    'data_batch_1',
    'data_batch_2',
    'data_batch_3',
    'data_batch_4',
    'data_batch_5',
    'test_batch',
  ]) {
    const bytes = Uint8Array.from({ length: 20 * 3073 }, (_, i) =>
      i % 3073 === 0 ? (i / 3073) % 10 : Math.imul(i, 2654435761) >>> 24,
    );
    writeFileSync(join(home, `${name}.bin`), bytes);
  }
  const archive = join(folder, 'cifar-10-binary.tar.gz');
  expect(run('tar', ['-czf', archive, 'cifar-10-batches-bin'], { PATH }).status).toBe(0);
  return archive;
}

/** Paths of all sources of the packages, from the repository's root. */
function sources(): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' }).map(
      (path) => join('packages', name, 'src', path),
    ),
  );
}
