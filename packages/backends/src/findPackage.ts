import { nodeModule, nodeProcess } from './node.js';

/** A package as it is installed. */
export interface InstalledPackage {
  name: string;
  version: string;
  /** Folder that holds its package.json. */
  folder: string;
}

/**
 * Finds an optional package as this library imports it: beside itself, else from the working folder (and `NODE_PATH`),
 * so that a command installed globally sees what a project has. Nothing is loaded. In a browser nothing is found.
 *
 * @example
 * ```ts
 * import { findPackage } from '@bcl/backends';
 *
 * findPackage('@tensorflow/tfjs-core')?.version.split('.').length; // => 3
 * findPackage('@tensorflow/tfjs-backend-abacus'); // => undefined
 * ```
 */
export function findPackage(name: string): InstalledPackage | undefined {
  const fs = nodeModule<typeof import('node:fs')>('node:fs');
  const path = nodeModule<typeof import('node:path')>('node:path');
  const file = resolveBeside(`${name}/package.json`) ?? resolveFromHere(`${name}/package.json`);
  if (!fs || !path || !file) return undefined;
  const { version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string };
  return { name, version, folder: path.dirname(file) };
}

/** A module's file as the working folder, or `NODE_PATH`, has it. */
export function resolveFromHere(id: string): string | undefined {
  const path = nodeModule<typeof import('node:path')>('node:path');
  const folder = nodeProcess()?.cwd();
  return path && folder ? resolve(id, path.join(folder, 'package.json')) : undefined;
}

function resolveBeside(id: string): string | undefined {
  return resolve(id, import.meta.url);
}

function resolve(id: string, from: string): string | undefined {
  try {
    return nodeModule<typeof import('node:module')>('node:module')?.createRequire(from).resolve(id);
  } catch {
    return undefined;
  }
}
