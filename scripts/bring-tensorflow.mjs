// Brings TensorFlow for tests and benches: tfjs-node without its install script (which downloads from another place than npm), the C
// library out of PyPI's wheel, and an addon that links the two, by `bcl doctor --link-tensorflow`. Kept in the cache of this user,
// so that it is downloaded once (280 MB, 850 MB unpacked). Prints the folder; needs npm, python3 with pip, and a C++ compiler.
//
//     node scripts/bring-tensorflow.mjs            # tests and benches find it then
//     node scripts/bring-tensorflow.mjs --find     # the folder, or nothing
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tensorflowHome, tfjsVersion, wheelVersion } from '../test-support/tensorflowHome.mjs';

const cli = fileURLToPath(new URL('../packages/cli/dist/bcl.js', import.meta.url));
const home = tensorflowHome();

if (process.argv.includes('--find')) {
  if (existsSync(join(home, 'ready'))) console.log(home);
} else {
  if (!existsSync(join(home, 'ready'))) bring();
  console.log(home);
}

/** Into a folder beside, which takes its place once all is there; the addon names the libraries, so it comes last. */
function bring() {
  if (process.platform !== 'linux') fail(`works on Linux alone, got ${process.platform}`);
  if (!existsSync(cli)) fail(`${cli} is not built; pnpm build`);
  const beside = `${home}.${process.pid}`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  try {
    writeFileSync(join(beside, 'package.json'), '{ "private": true }\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', ['install', ...quiet, `@tensorflow/tfjs-node@${tfjsVersion()}`], beside);
    unpackWheel(beside);
    rmSync(home, { recursive: true, force: true });
    renameSync(beside, home);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  run(process.execPath, [cli, 'doctor', '--link-tensorflow', join(home, 'tensorflow')], home);
  writeFileSync(join(home, 'ready'), '');
}

/** The libraries, and the few headers that an addon includes, of the hundreds of megabytes in a wheel. */
function unpackWheel(folder) {
  const wheel = `tensorflow-cpu==${wheelVersion}`;
  // Any Python will do: the C library does not depend on it.
  const any = ['--no-deps', '--only-binary=:all:', '--python-version=3.12'];
  const platforms = ['2_27', '2_17', '2014'].map(
    (glibc) => `--platform=manylinux${/_/.test(glibc) ? '_' : ''}${glibc}_${machine()}`,
  );
  const download = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'];
  run('python3', [...download, ...any, ...platforms, '--dest', 'wheel', wheel], folder);
  const [file] = readdirSync(join(folder, 'wheel'));
  const wanted =
    '^tensorflow/(libtensorflow_(cc|framework)[.]so|include/(tensorflow/(c|core/(platform|public))|tsl/platform|xla/tsl/c)/)';
  const unzip = `
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall('.', [name for name in wheel.namelist() if re.search(sys.argv[2], name)])`;
  run('python3', ['-c', unzip, join('wheel', file), wanted], folder);
  rmSync(join(folder, 'wheel'), { recursive: true });
}

function machine() {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}

/** What a command says goes to the terminal's other stream: the answer alone is on the first. */
function run(command, args, cwd) {
  const { status, signal, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${command} ended with ${error?.message ?? signal ?? status}`);
}

function fail(text) {
  process.stderr.write(`bring-tensorflow: ${text}\n`);
  process.exit(1);
}
