import { nodeModule, nodeProcess } from '../node.js';

const FLAG = '--experimental-wasm-revectorize';
/** The first V8 whose pass is known to be right for our kernels: that of Node 24. */
const FIRST_V8 = 13;

/**
 * Has the engine pair vectors of 128 bits into ones of 256, which WebAssembly has no words for: an experimental pass of V8, for all modules
 * that the process compiles from here on.
 *
 * @param wanted Left out: whether Node was started with V8's flag, or the environment says `BCL_REVECTORIZE=1`.
 * @returns Whether it does.
 * @throws Error when it is wanted of an engine that cannot.
 */
export function revectorize(wanted?: boolean): boolean {
  const node = nodeProcess();
  const asked =
    wanted ?? (node?.execArgv.includes(FLAG) === true || node?.env.BCL_REVECTORIZE === '1');
  if (!asked) return false;
  const v8 = nodeModule<typeof import('node:v8')>('node:v8');
  if (!v8 || !revectorizable()) {
    const here = node ? `Node ${node.version} on ${node.arch}` : 'a browser';
    throw new Error(
      `wasm backend: revectorize wants Node 24 or later on x86-64, got ${here}; leave it out`,
    );
  }
  v8.setFlagsFromString(FLAG);
  return true;
}

/** Whether this engine pairs vectors when it is asked to. */
export function revectorizable(): boolean {
  const node = nodeProcess();
  return node?.arch === 'x64' && Number.parseInt(node.versions.v8, 10) >= FIRST_V8;
}
