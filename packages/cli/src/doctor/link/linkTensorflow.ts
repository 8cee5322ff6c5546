import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { findPackage, type InstalledPackage } from '@bcl/backends';
import { say } from '../../format.js';
import { buildAddon } from './buildAddon.js';
import { type TensorflowFolder, tensorflowFolder } from './tensorflowFolder.js';
import { computesOn, libraryVersion } from './tryAddon.js';

/**
 * Builds the addon of the installed tfjs-node, or tfjs-node-gpu, for the C library inside a TensorFlow for Python, and puts
 * it where the package looks for it once it was tried. So a newer CUDA than the package's own can be had, and
 * TensorFlow where the package's download cannot. Whatever fails, the addon from before stays.
 *
 * @param given Folder `tensorflow` of a pip install, or the site-packages around it. It has to stay there.
 * @throws Error in one sentence with the way out.
 */
export function linkTensorflow(given: string): void {
  if (process.platform !== 'linux') {
    throw new Error(
      `doctor: --link-tensorflow works on Linux alone, got ${process.platform}; npm install @tensorflow/tfjs-node brings a library for it`,
    );
  }
  const tensorflow = tensorflowFolder(resolve(given));
  const tfjs = installed();
  const target = addonPath(tfjs);
  const version = tensorflow.version ? ` ${tensorflow.version}` : '';
  say(`building the addon of ${tfjs.name} ${tfjs.version} for TensorFlow${version} …`);
  const beside = `${target}.${randomUUID()}.building`;
  mkdirSync(dirname(target), { recursive: true });
  try {
    const napi = Number(/napi-v(\d+)/.exec(target)?.[1] ?? 8);
    const compiler = buildAddon(tfjs.folder, tensorflow, napi, beside);
    const library = checkedLibrary(beside, tensorflow);
    const device = replaced(target, beside, () => computesOn(tfjs.folder));
    say(`linked with libtensorflow ${library} of ${tensorflow.folder}, which has to stay there`);
    say(`wrote ${target}, compiled by ${compiler}; a product came out right on the ${device}`);
    say(`npm rebuild ${tfjs.name} brings the package’s own back`);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** The package that `useBackend` would take: that for GPUs first. */
function installed(): InstalledPackage {
  const found = findPackage('@tensorflow/tfjs-node-gpu') ?? findPackage('@tensorflow/tfjs-node');
  if (found) return found;
  throw new Error(
    'doctor: --link-tensorflow needs @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu installed here; npm install --ignore-scripts @tensorflow/tfjs-node, and run it again',
  );
}

/** Where the package looks for its addon, by its own means. */
function addonPath({ folder }: InstalledPackage): string {
  const manifest = join(folder, 'package.json');
  const { find } = createRequire(manifest)('@mapbox/node-pre-gyp') as {
    find(manifest: string): string;
  };
  return find(manifest);
}

function checkedLibrary(addon: string, { folder, version }: TensorflowFolder): string {
  let library: string;
  try {
    library = libraryVersion(addon);
  } catch (error) {
    throw new Error(
      `doctor: the addon built with ${folder} does not load: ${(error as Error).message}`,
    );
  }
  if (version && library.split('-')[0] !== version) {
    throw new Error(
      `doctor: the headers and the libraries of ${folder} must be of one TensorFlow, got headers of ${version} and libraries of ${library}; install it anew`,
    );
  }
  return library;
}

/** Puts a file in the place of another for as long as `check` needs; for good unless that throws. */
function replaced<T>(target: string, beside: string, check: () => T): T {
  const before = `${target}.${randomUUID()}.before`;
  // A copy, so that there is one at every moment for who loads it meanwhile.
  if (existsSync(target)) copyFileSync(target, before);
  renameSync(beside, target);
  try {
    const result = check();
    rmSync(before, { force: true });
    return result;
  } catch (error) {
    if (existsSync(before)) renameSync(before, target);
    else rmSync(target);
    throw new Error(
      `doctor: the addon loads, but does not compute: ${(error as Error).message}; what was there before is back`,
    );
  }
}
