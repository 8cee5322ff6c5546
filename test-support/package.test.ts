import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { chromium } from './chromium.js';

// @bcl/mixing as people get it: packed by npm, installed in empty projects, run there. The registry is not asked: what is not
// ours is packed from this tree, and TensorFlow.js, which is large, is linked after the installation.

const root = resolve(__dirname, '..');
const mixing = join(root, 'packages', 'mixing');
const requireFrom = (folder: string) => createRequire(join(folder, 'package.json'));

/** The same lines in every project: BC+ on tensors, then the fast path on bytes. */
const program = `
async function main() {
  await tf.setBackend('cpu');
  const mixed = bcPlus(tf.tensor2d([[-1, 1]]), tf.tensor2d([[-2, 2]]), [1]);
  const data = { images: Uint8Array.of(1, 3, 8, 4), labels: [0, 1], shape: [1, 2, 1] };
  const mixer = new ByteMixer({ method: 'bc', mean: [2], std: [2], numClasses: 2, padding: 0, flip: 0, ratio: 0.75 });
  const plan = mixer.draw(data, [0]);
  const bytes = mixer.apply(data, plan);
  const tensors = mixBytesToTensors(data, plan, { method: 'bc', mean: [2], std: [2], numClasses: 2, engine: 'wasm' });
  return JSON.stringify({
    bcPlus: [...(await mixed.data())],
    bytes: [...bytes.images],
    tensors: [...(await tensors.images.data())],
    labels: [...bytes.labels],
  });
}
`;
const expected = {
  bcPlus: [-1, 1],
  bytes: [0.375, 0.625],
  tensors: [0.375, 0.625],
  labels: [0.75, 0.25],
};
const names: [names: string, from: string][] = [
  ['* as tf', '@tensorflow/tfjs-core'],
  ['{ bcPlus }', '@bcl/mixing'],
  ['{ ByteMixer }', '@bcl/mixing/fast'],
  ['{ mixBytesToTensors }', '@bcl/mixing/fast-tensors'],
];
const imports = [
  ...names.map(([what, from]) => `import ${what} from '${from}';`),
  `import '@tensorflow/tfjs-backend-cpu';`,
].join('\n');
const requires = [
  ...names.map(([what, from]) => `const ${what.replace('* as ', '')} = require('${from}');`),
  `require('@tensorflow/tfjs-backend-cpu');`,
].join('\n');

let project: string;

jest.setTimeout(180_000); // npm and a browser, on a machine that does other things as well

beforeAll(() => {
  if (!existsSync(join(mixing, 'dist', 'fast', 'index.js'))) {
    throw new Error('package.test: packages/mixing/dist is missing; pnpm build');
  }
  project = realpathSync(mkdtempSync(join(tmpdir(), 'bcl-package-')));
  install(pack());
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('runs in an empty project of ES modules', () => {
  write('esm.mjs', `${imports}\n${program}\nconsole.log(await main());`);
  expect(run('esm.mjs')).toEqual(expected);
});

test('runs in an empty project of CommonJS modules', () => {
  write('cjs.cjs', `${requires}\n${program}\nmain().then(console.log);`);
  expect(run('cjs.cjs')).toEqual(expected);
});

test('brings the fast path without TensorFlow.js', () => {
  write(
    'bare.mjs',
    `import { ByteMixer, mixBytes } from '@bcl/mixing/fast';
     console.log(JSON.stringify([typeof ByteMixer, typeof mixBytes]));`,
  );
  const linked = join(project, 'node_modules', '@tensorflow');
  const away = join(project, 'away');
  renameSync(linked, away);
  try {
    expect(run('bare.mjs')).toEqual(['function', 'function']);
    expect(() => run('esm.mjs')).toThrow('@tensorflow/tfjs-core');
  } finally {
    renameSync(away, linked);
  }
});

const inBrowser = chromium ? test : test.skip;
inBrowser(`runs in a page, bundled${chromium ? '' : ' (skipped: no chromium here)'}`, async () => {
  write(
    'page.js',
    `${imports}\n${program}\nmain().then((text) => { document.body.textContent = text; }, (error) => { document.body.textContent = String(error); });`,
  );
  const esbuild = requireFrom(dirname(requireFrom(root).resolve('tsup/package.json')))('esbuild');
  await esbuild.build({
    entryPoints: [join(project, 'page.js')],
    outfile: join(project, 'bundle.js'),
    bundle: true,
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  write('page.html', '<!doctype html><body><script src="bundle.js"></script></body>');
  const { stdout } = spawnSync(
    chromium as string,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${join(project, 'profile')}`,
      '--virtual-time-budget=10000',
      '--dump-dom',
      `file://${join(project, 'page.html')}`,
    ],
    { encoding: 'utf8', timeout: 50_000 },
  );
  const body = /<body>([\s\S]*)<\/body>/.exec(stdout)?.[1] ?? stdout;
  expect(JSON.parse(body)).toEqual(expected);
});

/** The tarballs of this package, of ours that it needs, and of the one that those need. */
function pack(): Record<string, string> {
  const copies = join(project, 'packages');
  // A copy: npm writes into the package that it packs, and others read ours meanwhile.
  for (const name of ['mixing', 'random']) {
    cpSync(join(root, 'packages', name), join(copies, name), {
      recursive: true,
      filter: (from) => !from.includes('node_modules') && !from.includes('.turbo'),
    });
  }
  cpSync(join(root, 'scripts'), join(project, 'scripts'), { recursive: true });
  const pureRand = dirname(
    requireFrom(join(root, 'packages', 'random')).resolve('pure-rand/package.json'),
  );
  cpSync(pureRand, join(copies, 'pure-rand'), { recursive: true, dereference: true });
  const { devEngines: _, scripts: __, ...manifest } = requireFrom(pureRand)('./package.json');
  writeFileSync(join(copies, 'pure-rand', 'package.json'), JSON.stringify(manifest));
  return {
    '@bcl/mixing': tarball(join(copies, 'mixing')),
    '@bcl/random': tarball(join(copies, 'random')),
    'pure-rand': tarball(join(copies, 'pure-rand')),
  };
}

function tarball(folder: string): string {
  const answer = npm(project, ['pack', folder, '--json']);
  const [{ filename }] = JSON.parse(answer.slice(answer.indexOf('['))) as [{ filename: string }];
  return join(project, filename);
}

function install(tarballs: Record<string, string>): void {
  const dependencies = Object.fromEntries(
    Object.entries(tarballs).map(([name, file]) => [name, `file:${file}`]),
  );
  // Each of these for whatever needs it: else npm would ask the registry which version to take.
  const overrides = Object.fromEntries(Object.keys(tarballs).map((name) => [name, `$${name}`]));
  write('package.json', JSON.stringify({ name: 'empty', private: true, dependencies, overrides }));
  // TensorFlow.js is a peer: linked below.
  npm(project, ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund']);
  const peers = join(project, 'node_modules', '@tensorflow');
  mkdirSync(peers, { recursive: true });
  for (const name of ['tfjs-core', 'tfjs-backend-cpu']) {
    const real = dirname(requireFrom(root).resolve(`@tensorflow/${name}/package.json`));
    symlinkSync(realpathSync(real), join(peers, name));
  }
}

function npm(cwd: string, args: string[]): string {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

function run(name: string): unknown {
  const printed = execFileSync(process.execPath, [join(project, name)], {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(printed.trim().split('\n').at(-1) as string);
}
