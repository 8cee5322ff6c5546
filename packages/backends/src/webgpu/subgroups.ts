import { env } from '@tensorflow/tfjs-core';
import { lines } from './lines.js';
import { tryOn } from './tryOn.js';
import type { WebgpuBackend, WebgpuDevice, WebgpuProgram } from './webgpuKernel.js';

/** The flag of `tf.env()` that has threads of a subgroup share what they read. */
export const SUBGROUPS_FLAG = 'BCL_WEBGPU_SUBGROUPS';

/** Threads that share: so many that follow each other must be in one subgroup, in their order. */
export const TEAM = 8;

/** Whether products are to use subgroups. */
export function inSubgroups(): boolean {
  return env().getBool(SUBGROUPS_FLAG);
}

/**
 * Registers the flag, off at first; setting it throws where the device cannot.
 *
 * A shader has to enable subgroups before anything else in it, and the backend puts its own prelude first: so the device does that for every
 * shader that calls a function of theirs.
 */
export async function registerSubgroups(backend: WebgpuBackend): Promise<void> {
  const { device } = backend;
  const lacking = lack(device) ?? (await tryTeams(backend));
  env().registerFlag(
    SUBGROUPS_FLAG,
    () => false,
    (asked) => {
      if (asked !== true || lacking === undefined) return;
      env().set(SUBGROUPS_FLAG, false);
      throw new Error(
        `${SUBGROUPS_FLAG}: the device must have subgroups of at least ${TEAM} threads in their order, got ${lacking}; leave the flag off`,
      );
    },
  );
  // Another device may have had them.
  if (lacking !== undefined) env().set(SUBGROUPS_FLAG, false);
}

function lack({ features, adapterInfo }: WebgpuDevice): string | undefined {
  if (!features.has('subgroups')) return 'one without subgroups';
  const { subgroupMinSize: least = 0 } = adapterInfo ?? {};
  return least < TEAM ? `subgroups of ${least}` : undefined;
}

/** WGSL: the thread's place in its subgroup, where all threads of a workgroup come to it. */
export const laneCode = 'subgroupInclusiveAdd(1u) - 1u';

/** WGSL: a value of the thread with a number in one's own team. */
export function ofTeam(value: string, lane: string, number: number): string {
  return `subgroupShuffle(${value}, (${lane} & ${~(TEAM - 1) >>> 0}u) + ${number}u)`;
}

/** Has the threads of a workgroup read from their teams: WebGPU leaves it to the device which threads are in a subgroup. */
function tryTeams(backend: WebgpuBackend): Promise<string | undefined> {
  enableInShaders(backend.device);
  return tryOn(backend.device, () => shuffle(backend));
}

async function shuffle(backend: WebgpuBackend): Promise<string | undefined> {
  const threads = 64;
  const program: WebgpuProgram = {
    variableNames: [],
    outputShape: [threads * TEAM],
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [1, 1, 1],
    size: true,
    shaderKey: 'bclTryTeams',
    getUserCode: () => `
      fn main(index : i32) {
        let lane = ${laneCode};
        let own = f32(localIndex);
        let to = i32(localIndex) * ${TEAM};
        ${lines(TEAM, (i) => `let value${i} = ${ofTeam('own', 'lane', i)};`)}
        if (to < uniforms.size) {
          ${lines(TEAM, (i) => `setOutputAtIndex(to + ${i}, value${i});`)}
        }
      }
    `,
  };
  const y = backend.runWebGPUProgram(program, [], 'float32');
  const values = (await backend.read(y.dataId)) as Float32Array;
  backend.disposeData(y.dataId);
  const right = values.every((value, at) => {
    const [thread, number] = [Math.floor(at / TEAM), at % TEAM];
    return value === thread - (thread % TEAM) + number;
  });
  return right ? undefined : 'threads in another order';
}

const enabled = new WeakSet<WebgpuDevice>();

function enableInShaders(device: WebgpuDevice): void {
  if (enabled.has(device)) return;
  enabled.add(device);
  const { createShaderModule } = device;
  device.createShaderModule = (descriptor) => {
    const { code } = descriptor;
    const uses = /\bsubgroup[A-Z]\w*\(/.test(code);
    const whole = uses ? `enable subgroups;\n${code}` : code;
    return createShaderModule.call(device, { ...descriptor, code: whole });
  };
}
