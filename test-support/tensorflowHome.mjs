import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** TensorFlow for Python whose C library the tests run on. */
export const wheelVersion = '2.21.0';

/** Where scripts/bring-tensorflow.mjs puts tfjs-node, its addon and the library: a folder of this user for each version. */
export function tensorflowHome() {
  const name = `tfjs-node-${tfjsVersion()}-tensorflow-${wheelVersion}`;
  return join(homedir(), '.cache', 'bcl', name);
}

/** The version of TensorFlow.js that the workspace is pinned to. */
export function tfjsVersion() {
  const workspace = readFileSync(new URL('../pnpm-workspace.yaml', import.meta.url), 'utf8');
  return /"@tensorflow\/tfjs-core": (\S+)/.exec(workspace)[1];
}
