import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BackendName, useBackend } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { modelFrom } from '../checkpoint/modelFrom.js';
import { optimizerFromConfig } from '../optimizers/optimizerFromConfig.js';
import { lossFrom } from '../training/Loss.js';
import { Replica } from '../training/Replica.js';
import type { ReplicaData, SharedTensors } from './protocol.js';

/** Readies this thread's backend and makes its copy of the model and the optimizer. */
export async function makeReplica(data: ReplicaData): Promise<Replica> {
  await useBackend(data.backend as BackendName);
  for (const name of data.layerModules) await importLayers(name);
  const { specs } = data.weights;
  const model = await modelFrom(
    data.topology,
    { specs, data: own(data.weights) },
    'ModelManager.train: the model',
    'name its module in layerModules',
  );
  const optimizer = optimizerFromConfig(data.optimizer);
  const state = tf.io.decodeWeights(own(data.optimizerState), data.optimizerState.specs);
  optimizer.restore(state);
  tf.dispose(state);
  return new Replica(model, optimizer, lossFrom(data.loss));
}

/** A copy of shared bytes; tfjs reads no shared memory. */
function own({ data }: SharedTensors): ArrayBuffer {
  return new Uint8Array(new Uint8Array(data)).buffer;
}

/** Imports a module that registers layers, as seen from where the program runs or from here. */
async function importLayers(name: string): Promise<void> {
  try {
    await import(urlOf(name));
  } catch (error) {
    throw new Error(
      `ModelManager.train: layerModules must be modules that other threads can import, got ${name}: ${(error as Error).message}`,
    );
  }
}

function urlOf(name: string): string {
  if (/^(file|data|node):/.test(name)) return name;
  if (isAbsolute(name)) return pathToFileURL(name).href;
  const fromProgram = createRequire(join(process.cwd(), 'layers.js'));
  try {
    return pathToFileURL(fromProgram.resolve(name)).href;
  } catch {
    return pathToFileURL(createRequire(import.meta.url).resolve(name)).href;
  }
}
