import { availableThreads } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { optimizerFromConfig } from '../optimizers/optimizerFromConfig.js';
import type { Engine } from '../training/Engine.js';
import { LocalEngine } from '../training/LocalEngine.js';
import { savedLoss } from '../training/Loss.js';
import type { Replica } from '../training/Replica.js';
import { ThreadedEngine, type ThreadedEngineOptions } from './ThreadedEngine.js';

/** Backends that compute on one core, so that threads make sense. */
const singleThreaded = ['wasm', 'cpu'];

/** Starts what a training runs on: this thread, or as many as were asked for. */
export async function startEngine(
  replica: Replica,
  { threads, ...options }: Omit<ThreadedEngineOptions, 'threads'> & { threads: number | 'auto' },
): Promise<Engine> {
  if (threads === 1) return new LocalEngine(replica);
  const problem = whyNot(replica);
  if (threads === 'auto') {
    const count = Math.min(availableThreads(), options.batchSize);
    if (problem || count === 1) return new LocalEngine(replica);
    return ThreadedEngine.start(replica, { ...options, threads: count });
  }
  if (problem) throw new Error(`ModelManager.train: ${threads} threads ${problem}; use threads: 1`);
  return ThreadedEngine.start(replica, { ...options, threads });
}

/** What keeps a replica from being copied to other threads; null when nothing does. */
function whyNot({ loss, optimizer, mixesInside }: Replica): string | null {
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
