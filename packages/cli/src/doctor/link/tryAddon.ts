import { spawnSync } from 'node:child_process';

/** Loads an addon without its package. */
const loadScript = `
const module = { exports: {} };
process.dlopen(module, process.argv[1]);
console.log(JSON.stringify({ answer: module.exports.TF_Version }));`;

/** Loads the package and multiplies. Node 23 took away what its kernels call. */
const productScript = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const [first] = tf.matMul(tf.fill([2, 2], 3), tf.ones([2, 2])).dataSync();
if (first !== 6) throw new Error('a product gives ' + first + ', not 6');
console.log(JSON.stringify({ answer: tf.backend().isUsingGpuDevice ? 'GPU' : 'CPU' }));`;

/**
 * Version of the library that an addon loads, found in a process of its own: what does not fit may well crash.
 *
 * @throws Error with the first line of what went wrong.
 */
export function libraryVersion(addon: string): string {
  return ask(loadScript, addon);
}

/**
 * What the package computes on, after a product came out right.
 *
 * @param folder Of tfjs-node or tfjs-node-gpu.
 * @throws Error with the first line of what went wrong.
 */
export function computesOn(folder: string): 'GPU' | 'CPU' {
  return ask(productScript, folder) as 'GPU' | 'CPU';
}

function ask(script: string, argument: string): string {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, ['-e', script, argument], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  if (status === 0) {
    const last = stdout.trim().split('\n').at(-1) ?? '';
    return (JSON.parse(last) as { answer: string }).answer;
  }
  const line = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
  throw new Error(line ?? `its process ended with ${signal ?? status}`);
}
