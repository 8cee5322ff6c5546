import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BackendName, useBackend } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { modelFrom } from '../checkpoint/modelFrom.js';
import { optimizerFromConfig } from '../optimizers/optimizerFromConfig.js';
import { lossFrom } from '../training/Loss.js';
import { Replica } from '../training/Replica.js';
import { WeightAverage } from '../training/WeightAverage.js';
import type { ReplicaData } from './protocol.js';

/** Readies this thread's backend, and makes a replica of the same model and optimizer, whose state is to come. */
export async function makeReplica(data: ReplicaData): Promise<Replica> {
  const { off, winograd, revectorize } = data.kernels;
  await useBackend(data.backend as BackendName, { wasmKernelsOff: off, revectorize });
  if (!winograd) tf.env().set('BCL_WASM_WINOGRAD', false);
  for (const name of data.layerModules) await importLayers(name);
  const model = await modelFrom(
    data.topology,
    null,
    'ModelManager.train: the model',
    'name its module in layerModules',
  );
  const optimizer = optimizerFromConfig(data.optimizer);
  const ema = data.ema === null ? null : new WeightAverage(data.ema);
  return new Replica(model, optimizer, lossFrom(data.loss), ema);
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
