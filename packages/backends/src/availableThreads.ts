import { nodeModule } from './node.js';

/**
 * How many threads this process may keep busy: at least 1.
 *
 * In Node the smaller of the processors that it may use and of its container's share of them (cgroup
 * `cpu.max`), which Node 20 does not look at itself; in a browser `navigator.hardwareConcurrency`.
 *
 * @example
 * ```ts
 * import { availableThreads } from '@bcl/backends';
 *
 * availableThreads() >= 1; // => true
 * ```
 */
export function availableThreads(): number {
  const os = nodeModule<typeof import('node:os')>('node:os');
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  const processors = os?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(processors, share()));
}

/** Processors that the container grants, rounded up; Infinity where nothing limits them. */
function share(): number {
  const fs = nodeModule<typeof import('node:fs')>('node:fs');
  try {
    return parseCpuMax(fs?.readFileSync('/sys/fs/cgroup/cpu.max', 'utf8') ?? '');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Reads `<quota> <period>` in microseconds, or `max <period>`. */
export function parseCpuMax(text: string): number {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  const processors = (quota ?? Number.NaN) / (period ?? Number.NaN);
  return processors > 0 ? Math.ceil(processors) : Number.POSITIVE_INFINITY;
}
