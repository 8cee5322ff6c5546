import { useBackend } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendChoiceName } from '../names.js';

/** Readies a backend, without the advertisement that tfjs prints in Node. Returns its name. */
export async function readyBackend(name: BackendChoiceName): Promise<string> {
  tf.enableProdMode();
  const { name: chosen } = await useBackend(name);
  return chosen;
}
