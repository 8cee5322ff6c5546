import * as tf from '@tensorflow/tfjs-core';
import { availableThreads } from './availableThreads.js';
import { chooseBackend, judge, type SkippedBackend } from './chooseBackend.js';
import { packageVersion } from './packageVersion.js';
import { probes } from './probes/index.js';
import { type AdapterReport, type BackendName, backendNames, type Probe } from './probes/Probe.js';
import { kernelBuild } from './wasm/kernelModule.js';
import { type WasmFeatures, wasmFeatures } from './wasmFeatures.js';

/** What {@link describeBackends} says of one backend. */
export interface BackendReport {
  name: BackendName;
  available: boolean;
  /** Why it is not available, and the way out. */
  reason?: string;
  /** Version of its package, where it can be read. */
  version?: string;
  /** What it runs on: `'gpu'`, a GPU imitated by `'software'`, or `'cpu'`. */
  kind?: 'gpu' | 'software' | 'cpu';
  /** The same in a phrase. */
  device?: string;
  /** What WebGPU's adapter says of itself. */
  adapter?: AdapterReport;
}

/** What works here: plain data, for `bcl doctor` and for bug reports. */
export interface BackendsReport {
  /** Version of tfjs-core. */
  tfjs: string;
  /** Version of the npm package that gives Node WebGPU, where it is installed. */
  dawn?: string;
  /** All four, in the order `tensorflow`, `webgpu`, `wasm`, `cpu`. */
  backends: BackendReport[];
  wasm: WasmFeatures;
  /** How many threads this process may keep busy. */
  threads: number;
  /** What `useBackend('auto')` would take, as far as a look can tell; nothing when no backend is there. */
  auto?: { name: BackendName; why: string; skipped: SkippedBackend[] };
}

/**
 * Looks at every backend without making one the current one: what is there, what it runs on, and what to do about
 * the rest. A look loads the packages and asks for a device; whether a backend computes is found by `useBackend`.
 *
 * @example
 * ```ts
 * import { describeBackends } from '@bcl/backends';
 *
 * const { backends, wasm } = await describeBackends();
 * backends.map(({ name }) => name); // => ['tensorflow', 'webgpu', 'wasm', 'cpu']
 * wasm.simd; // => true
 * ```
 */
export async function describeBackends(): Promise<BackendsReport> {
  const found = new Map<BackendName, Probe>();
  for (const name of backendNames) found.set(name, await probes[name]());
  const { chosen, skipped } = await chooseBackend(async (candidate) =>
    judge(candidate, found.get(candidate.name) as Probe),
  );
  const dawn = packageVersion('webgpu');
  // Allows relaxed SIMD where it waits behind a flag, as the kernels do: what is reported is what is used.
  await kernelBuild();
  return {
    tfjs: tf.version_core,
    ...(dawn ? { dawn } : {}),
    backends: [...found].map(([name, probe]) => ({ name, ...probe })),
    wasm: wasmFeatures(),
    threads: availableThreads(),
    ...(chosen
      ? { auto: { name: chosen.name, why: `${chosen.why}: ${chosen.found.device}`, skipped } }
      : {}),
  };
}
