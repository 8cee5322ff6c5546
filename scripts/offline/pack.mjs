// Packs everything for a Linux machine without network into one file: node, the built packages with what they depend on, Dawn, the
// Vulkan loader, the suites of tensor ops and of the WebGPU kernels with jest, and the benches of training.
//
//     node scripts/offline/pack.mjs [--out bcl-offline.sh] [--cifar <cifar-10-batches-bin> [--images 1000]]
//     node scripts/offline/pack.mjs --cifar <cifar-10-binary.tar.gz>     # all of it, 160 MiB more
//
// There: sh bcl-offline.sh [--into <folder>] [doctor | conformance | bench | gpu | reproduce | all | bcl …]
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { transformFileSync } from '@swc/core';
import { suitesOfBackends } from '../../test-support/backends.mjs';
import { copyPackages } from './closure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
/** Bytes that a file without all of CIFAR-10 may have: what many mail and web gates let through. */
const LIMIT = 60 * 2 ** 20;
/** Bytes of a picture and its label in CIFAR-10's files. */
const RECORD = 3073;
const cifarFiles = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`).concat('test_batch.bin');

/** The benches that `run` knows, with what they share. */
const benches = [
  'step.mjs',
  'step.py',
  'gpu.mjs',
  'webgpu.mjs',
  'convolutions.mjs',
  'resident.mjs',
  'measure.mjs',
];
/** Parts of packages that stay out: builds for other platforms and another runtime, and fonts that no picture is drawn in. */
const unused = [
  [/^webgpu$/, /^dist\/(?!linux-x64)/],
  [/^bare-/, /^prebuilds\//],
  [/^dejavu-fonts-ttf$/, /^ttf\/(?!DejaVuSans(-Bold)?\.ttf$)|^\w+\.txt$/],
];
/** Libraries that must come along, and those that NVIDIA's driver for Vulkan is linked with, which servers may lack. */
const libraries = ['libvulkan.so.1', 'libstdc++.so.6', 'libgcc_s.so.1'];
const driverLibraries = [
  'libX11.so.6',
  'libXext.so.6',
  'libxcb.so.1',
  'libXau.so.6',
  'libXdmcp.so.6',
  'libbsd.so.0',
  'libmd.so.0',
];

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'bcl-offline.sh' },
    cifar: { type: 'string' },
    images: { type: 'string', default: '1000' },
  },
});
if (process.platform !== 'linux' || process.arch !== 'x64') {
  throw new Error(
    `pack-offline: packs for Linux on x64, on one, got ${process.platform} ${process.arch}`,
  );
}

/** Whether all of CIFAR-10 comes along, as the archive that it is. */
const whole = values.cifar !== undefined && statSync(values.cifar).isFile();

const work = mkdtempSync(join(tmpdir(), 'bcl-offline-'));
try {
  const app = join(work, 'app');
  copyProject(app);
  copyDependencies(app);
  if (values.cifar && !whole)
    copyCifar(join(app, 'cifar-10-batches-bin'), values.cifar, Number(values.images));
  const outer = join(work, 'outer');
  mkdirSync(join(outer, 'lib'), { recursive: true });
  copyNode(join(outer, 'node'));
  copyLibraries(join(outer, 'lib'));
  if (whole) copyArchive(join(outer, 'cifar-10-binary.tar.gz'), values.cifar);
  copyFileSync(join(here, 'run'), join(outer, 'run'));
  chmodSync(join(outer, 'run'), 0o755);
  // The best, 11, takes ten times as long for a tenth less.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  const packed = brotliCompressSync(tar(app), { params });
  writeFileSync(join(outer, 'app.tar.br'), packed);
  write(tar(outer));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The file itself: a script, and after it what it unpacks. gzip, for that is on every machine. */
function write(archive) {
  const script = readFileSync(join(here, 'unpack.sh'));
  const bytes = Buffer.concat([script, gzipSync(archive, { level: 9 })]);
  if (bytes.length > LIMIT && !whole) {
    throw new Error(
      `pack-offline: must stay below ${LIMIT / 2 ** 20} MiB, got ${mebibytes(bytes.length)}; ${values.cifar ? 'take fewer --images' : 'pack by an older node, which is smaller'}`,
    );
  }
  writeFileSync(`${values.out}.new`, bytes, { mode: 0o755 });
  renameSync(`${values.out}.new`, values.out);
  console.log(`wrote ${values.out}: ${mebibytes(bytes.length)}; wants glibc ${glibc()} or later`);
}

/** The workspace as it is, its tests compiled as jest compiles them: there is no compiler where it goes. */
function copyProject(app) {
  for (const name of readdirSync(join(root, 'packages'))) {
    const from = join(root, 'packages', name);
    const to = join(app, 'packages', name);
    if (!existsSync(join(from, 'dist')))
      throw new Error(`pack-offline: ${name} is not built; pnpm build`);
    const manifest = readFileSync(join(from, 'package.json'), 'utf8');
    mkdirSync(to, { recursive: true });
    writeFileSync(
      join(to, 'package.json'),
      manifest.replace(/("@bcl\/source": "[^"]+)\.ts"/g, '$1.js"'),
    );
    cpSync(join(from, 'dist'), join(to, 'dist'), {
      recursive: true,
      filter: (path) => !/\.(map|d\.c?ts)$/.test(path),
    });
    compileAll(join(from, 'src'), join(to, 'src'));
    link(join(app, 'node_modules', '@bcl', name), to);
  }
  for (const file of [
    'setup.ts',
    'webgpu.cjs',
    'backends.mjs',
    'tensorflowHome.mjs',
    'probe.mjs',
  ]) {
    compile(join(root, 'test-support', file), join(app, 'test-support', file));
  }
  for (const file of benches) compile(join(root, 'bench', file), join(app, 'bench', file));
  copyFileSync(join(root, 'pnpm-workspace.yaml'), join(app, 'pnpm-workspace.yaml'));
  const config = join('scripts', 'offline', 'jest.config.mjs');
  compile(join(root, config), join(app, config));
}

/** All of a folder of sources but the tests that no backend is asked for. */
function compileAll(from, to) {
  const wanted = suitesOfBackends.map((pattern) => new RegExp(pattern));
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const other = /\.test\.ts$/.test(path) && !wanted.some((pattern) => pattern.test(path));
    if (entry.isFile() && !other) compile(path, join(to, relative(from, path)));
  }
}

/** TypeScript becomes CommonJS; all else is copied. */
function compile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  if (!/(?<!\.d)\.ts$/.test(from)) {
    copyFileSync(from, to);
    return;
  }
  const { code } = transformFileSync(from, {
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  writeFileSync(to.replace(/\.ts$/, '.js'), code);
}

function copyDependencies(app) {
  const of = (folder, names) =>
    names.map((name) => ({ name, from: join(root, folder), at: join(app, folder) }));
  const roots = [
    ...of('.', ['jest', 'fast-check', 'webgpu']),
    ...readdirSync(join(root, 'packages')).flatMap((name) => {
      const text = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
      const { dependencies = {}, devDependencies = {} } = JSON.parse(text);
      const tfjs = Object.keys(devDependencies).filter((each) => each.startsWith('@tensorflow/'));
      const all = [...Object.keys(dependencies), ...tfjs].filter(
        (each) => !each.startsWith('@bcl/'),
      );
      return of(join('packages', name), all);
    }),
  ];
  copyPackages(
    roots,
    app,
    (name, path) => !unused.some(([packages, paths]) => packages.test(name) && paths.test(path)),
  );
}

/** The node that runs this, without its symbols where there is strip. */
function copyNode(to) {
  copyFileSync(realpathSync(process.execPath), to);
  spawnSync('strip', [to]);
  execFileSync(to, ['--version']);
}

/** Each in a folder of its own: only what a machine lacks is put before its loader. */
function copyLibraries(to) {
  for (const name of [...libraries, ...driverLibraries]) {
    const folders = [
      '/usr/lib/x86_64-linux-gnu',
      '/lib/x86_64-linux-gnu',
      '/usr/lib64',
      '/usr/lib',
    ];
    const file = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (file) {
      mkdirSync(join(to, name));
      copyFileSync(realpathSync(file), join(to, name, name));
    } else if (libraries.includes(name)) {
      throw new Error(`pack-offline: ${name} is not found; apt-get install libvulkan1 libstdc++6`);
    } else {
      console.log(
        `${name} is not here and stays out: a server without it may not run NVIDIA's driver for Vulkan`,
      );
    }
  }
}

/** All of CIFAR-10, as it is: it would pack no smaller. */
function copyArchive(to, from) {
  const names = execFileSync('tar', ['-tf', from], { encoding: 'utf8' }).split('\n');
  const missing = cifarFiles.filter(
    (file) => !names.some((name) => name === file || name.endsWith(`/${file}`)),
  );
  if (missing.length > 0) {
    throw new Error(
      `pack-offline: --cifar must be CIFAR-10's binary version, a .tar.gz or its folder, got ${from} without ${missing.join(', ')}`,
    );
  }
  copyFileSync(from, to);
  chmodSync(to, 0o644);
}

/** A part of each of CIFAR-10's files, so that they read as the whole. */
function copyCifar(to, from, images) {
  mkdirSync(to);
  for (const name of cifarFiles) {
    const wanted = Math.ceil(images / (name === 'test_batch.bin' ? 2 : 5)) * RECORD;
    const source = join(from, name);
    const bytes = Buffer.alloc(Math.min(wanted, statSync(source).size));
    const file = openSync(source, 'r');
    readSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
    writeFileSync(join(to, name), bytes);
  }
}

/** The latest version of the C library that any of it asks for. */
function glibc() {
  const dawn = realpathSync(join(root, 'node_modules', 'webgpu', 'dist', 'linux-x64', 'dawn.node'));
  const versions = [process.execPath, dawn].flatMap(
    (file) =>
      readFileSync(file)
        .toString('latin1')
        .match(/GLIBC_2\.\d+/g) ?? [],
  );
  return `2.${Math.max(...versions.map((version) => Number(version.split('.')[1])))}`;
}

/** As tar, the same for the same files: by name, without owners and times. */
function tar(folder) {
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  return execFileSync('tar', [...same, '-c', '-C', folder, '.'], { maxBuffer: 2 ** 30 });
}

function link(from, to) {
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(relative(dirname(from), to), from);
}

function mebibytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
