import { availableThreads } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerFromConfig } from '../optimizers/optimizerFromConfig.js';
import type { Engine } from '../training/Engine.js';
import { LocalEngine } from '../training/LocalEngine.js';
import { savedLoss } from '../training/Loss.js';
import { QueuedEngine } from '../training/QueuedEngine.js';
import type { Replica } from '../training/Replica.js';
import { ThreadedEngine, type ThreadedEngineOptions } from './ThreadedEngine.js';

/** Backends that compute on one core, so that threads make sense. */
const singleThreaded = ['wasm', 'cpu'];

export interface EngineOptions extends Omit<ThreadedEngineOptions, 'threads'> {
  threads: number | 'auto';
  /** Undefined for what suits the backend. */
  stepsAhead: number | undefined;
}

/** Starts what a training runs on: this thread, or as many as were asked for. */
export async function startEngine(
  replica: Replica,
  { threads, stepsAhead, ...options }: EngineOptions,
): Promise<Engine> {
  if (threads === 1) return oneThread(replica, stepsAhead);
  const problem = whyNot(replica);
  if (threads === 'auto') {
    const count = Math.min(availableThreads(), options.batchSize);
    if (problem || count === 1) return oneThread(replica, stepsAhead);
    return ThreadedEngine.start(replica, { ...options, threads: count });
  }
  if (problem) throw new Error(`ModelManager.train: ${threads} threads ${problem}; use threads: 1`);
  return ThreadedEngine.start(replica, { ...options, threads });
}

/** This thread; ahead of the numbers of its steps where that is wanted and the optimizer does not wait for each step anyway. */
function oneThread(replica: Replica, wanted: number | undefined): Engine {
  const { ahead, readsBlock } = readsOf(tf.getBackend());
  const stepsAhead = replica.optimizer.settle ? 0 : (wanted ?? ahead);
  if (stepsAhead === 0) return new LocalEngine(replica);
  return new QueuedEngine(replica, { stepsAhead, readsBlock });
}

/**
 * How a backend reads, and how many steps ahead of that suit it. A read of WebGPU and WebGL is a round trip to the device
 * which leaves this thread free; TensorFlow's waits for the whole queue. Wasm and cpu, and TensorFlow without a GPU,
 * have no queue that could run dry: there being ahead only costs memory.
 */
function readsOf(backend: string): { ahead: number; readsBlock: boolean } {
  if (backend === 'webgpu' || backend === 'webgl') return { ahead: 2, readsBlock: false };
  if (backend !== 'tensorflow') return { ahead: 0, readsBlock: false };
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  return { ahead: isUsingGpuDevice ? 2 : 0, readsBlock: true };
}

/** What keeps a replica from being copied to other threads; null when nothing does. */
function whyNot({ loss, optimizer, mixesInside }: Replica): string | null {
  if (!globalThis.process?.versions?.node) {
    return "need Node's worker threads, which a page has not";
  }
  const backend = tf.getBackend();
  if (!singleThreaded.includes(backend)) {
    return `are for the backends ${singleThreaded.join(' and ')}, got ${backend}, which uses the whole device by itself`;
  }
  if (mixesInside) {
    return 'would part the examples of a batch from their partners, which the layer MixAt mixes them with';
  }
  if (!savedLoss(loss)) {
    return 'need a loss of @bcl/losses, got a function of your own, which cannot be sent to them';
  }
  try {
    optimizerFromConfig(optimizer.getConfig()).dispose();
  } catch {
    return `need an optimizer of @bcl/trainer, got ${optimizer.getConfig().name}, which cannot be sent to them`;
  }
  return null;
}
