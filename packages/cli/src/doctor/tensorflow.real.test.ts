import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The real tfjs-node in a project of its own: as its install script leaves it where nothing can be downloaded, linked with
// TensorFlow's library, and with that library gone.

const root = join(__dirname, '..', '..', '..', '..');
const program = join(root, 'packages', 'cli', 'dist', 'bcl.js');
const minutes = 60_000;

let home = '';
let project = '';
beforeAll(async () => {
  const { out } = await node(join(root, 'scripts', 'bring-tensorflow.mjs'), '--find');
  home = out.trim();
  if (!home) {
    console.warn('skipped: TensorFlow is not here, node scripts/bring-tensorflow.mjs brings it');
    return;
  }
  project = mkdtempSync(join(tmpdir(), 'bcl-tfjs-node-'));
  layPackages('node_modules');
  layPackages(join('node_modules', '@tensorflow'));
  const addon = join(project, 'node_modules', '@tensorflow', 'tfjs-node', 'lib');
  rmSync(addon, { recursive: true, force: true });
  // A TensorFlow that can be taken away: its files are links.
  mkdirSync(join(project, 'tensorflow'));
  for (const name of readdirSync(join(home, 'tensorflow'))) {
    symlinkSync(join(home, 'tensorflow', name), join(project, 'tensorflow', name));
  }
});
afterAll(() => project && rmSync(project, { recursive: true, force: true }));

/** Links to what was brought; tfjs-node itself is copied, for it is changed and finds its own by where it really is. */
function layPackages(folder: string): void {
  mkdirSync(join(project, folder));
  for (const name of readdirSync(join(home, folder))) {
    if (name === '@tensorflow') continue;
    const [from, to] = [join(home, folder, name), join(project, folder, name)];
    if (name === 'tfjs-node') cpSync(from, to, { recursive: true });
    else symlinkSync(from, to);
  }
}

interface Outcome {
  code: number;
  out: string;
  err: string;
}

function node(...args: string[]): Promise<Outcome> {
  return new Promise((done) => {
    const options = project ? { cwd: project, env: { ...process.env, COLUMNS: '999' } } : {};
    execFile(process.execPath, args, options, (error, out, err) => {
      done({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const bcl = (...args: string[]) => node(program, ...args);
/** The doctor's text as one line, however it was broken. */
const doctor = async () => (await bcl('doctor', '--no-speed')).out.replace(/\s+/g, ' ');

describe('bcl doctor with the real tfjs-node', () => {
  test('says that it lacks its addon and the way out, and takes another', async () => {
    if (!project) return;
    const text = await doctor();
    expect(text).toContain(
      'no tensorflow @tensorflow/tfjs-node is installed without its addon: its install script did not run, or found nothing to download for this machine; npm rebuild @tensorflow/tfjs-node, or bcl doctor --link-tensorflow <folder> builds one',
    );
    expect(text).toContain('auto chooses wasm');
  });

  test(
    'links it with the library of a TensorFlow for Python, and takes it then',
    async () => {
      if (!project) return;
      const { code, out, err } = await bcl('doctor', '--link-tensorflow', 'tensorflow');
      expect({ code, err }).toMatchObject({ code: 0 });
      expect(out).toMatch(/linked with libtensorflow 2\.\d+\.\d+ of /);
      expect(out).toContain('a product came out right on the CPU');
      expect(existsSync(join(project, 'node_modules/@tensorflow/tfjs-node/lib'))).toBe(true);
      const text = await doctor();
      expect(text).toMatch(
        /yes tensorflow CPU, all cores through @tensorflow\/tfjs-node, libtensorflow 2/,
      );
      expect(text).toContain('auto chooses tensorflow');
    },
    3 * minutes,
  );

  test('trains on it', async () => {
    if (!project) return;
    const flags = ['--limit', '64', '--test-limit', '32', '--epochs', '1', '--seed', '1'];
    const { code, out, err } = await bcl(
      'train',
      ...flags,
      '--backend',
      'tensorflow',
      '--out',
      'run',
    );
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toContain('tensorflow');
  });

  test('says which library is missing when that TensorFlow is gone', async () => {
    if (!project) return;
    rmSync(join(project, 'tensorflow'), { recursive: true });
    const text = await doctor();
    expect(text).toContain(
      'no tensorflow @tensorflow/tfjs-node is installed, but libtensorflow_cc.so.2, which it is linked with, is not found; npm install @tensorflow/tfjs-node brings its own',
    );
    expect(text).toContain('auto chooses wasm');
    const { err } = await bcl('train', '--limit', '64', '--epochs', '1', '--backend', 'tensorflow');
    expect(err.trim().split('\n').at(-1)).toMatch(
      /^error: useBackend: tensorflow does not work here: @tensorflow\/tfjs-node is installed, but libtensorflow_cc\.so\.2/,
    );
  });
});
