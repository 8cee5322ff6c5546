import { type BackendName, backendNames, type Found, type Probe } from './probes/Probe.js';

/** A backend that was not taken, and why. */
export interface SkippedBackend {
  name: BackendName;
  /** One sentence with the way out. */
  reason: string;
}

/** One place in the order of `auto`. */
export interface Candidate {
  name: BackendName;
  /** What is said of it when it is taken. */
  why: string;
  /** Why it is not taken although it is there; nothing when it may be. */
  refusal(found: Found): string | undefined;
}

/** What `auto` tries, in this order: the fastest first. */
const autoOrder: readonly Candidate[] = [
  {
    name: 'tensorflow',
    why: 'TensorFlow’s C library with a GPU is the fastest there is',
    refusal: ({ kind }) => (kind === 'gpu' ? undefined : 'TensorFlow finds no GPU'),
  },
  {
    name: 'webgpu',
    why: 'a GPU is here',
    refusal: ({ kind, device }) =>
      kind === 'gpu'
        ? undefined
        : `its adapter is a software one (${device}), slower than wasm; ask for webgpu by name to use it`,
  },
  {
    name: 'tensorflow',
    why: 'TensorFlow’s C library is the fastest on a CPU',
    refusal: () => undefined,
  },
  {
    name: 'wasm',
    why: 'the fastest on a CPU with nothing to install',
    refusal: () => undefined,
  },
  { name: 'cpu', why: 'nothing faster works here', refusal: () => undefined },
];

/** The outcome of an attempt at one candidate: taken, or the reason why not. */
export type Attempt = { taken: Found } | { reason: string };

/**
 * Goes through the order of `auto` until one candidate is taken.
 *
 * @param attempt Looks for one candidate, and readies it where the caller wants that.
 * @returns The candidate taken, and the backends before it, each with its last reason.
 */
export async function chooseBackend(
  attempt: (candidate: Candidate) => Promise<Attempt>,
): Promise<{ chosen?: Candidate & { found: Found }; skipped: SkippedBackend[] }> {
  const reasons = new Map<BackendName, string>();
  const skipped = (taken?: BackendName) =>
    backendNames.flatMap((name) => {
      const reason = reasons.get(name);
      return reason === undefined || name === taken ? [] : [{ name, reason }];
    });
  for (const candidate of autoOrder) {
    const outcome = await attempt(candidate);
    if ('taken' in outcome) {
      return { chosen: { ...candidate, found: outcome.taken }, skipped: skipped(candidate.name) };
    }
    reasons.set(candidate.name, outcome.reason);
  }
  return { skipped: skipped() };
}

/** What a look at a backend means for a candidate of `auto`. */
export function judge(candidate: Candidate, probe: Probe): Attempt {
  if (!probe.available) return { reason: probe.reason };
  const reason = candidate.refusal(probe);
  return reason === undefined ? { taken: probe } : { reason };
}
