import { type ModelSummary, modelNames, summarizeNetwork } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { suggestion } from '../names.js';

/** What `bcl models` says of a network to build. */
export interface NetworkFlags {
  classes: number;
  /** Shape of one example, unless the network's own. */
  input?: readonly number[];
  /** Further options of the network. */
  set?: Readonly<Record<string, number | boolean | string>>;
}

/** Counts what a network costs; its weights are never drawn. */
export async function networkSummary(
  name: string,
  { classes, input, set }: NetworkFlags,
  batchSize = 1,
): Promise<ModelSummary> {
  if (!modelNames.includes(name)) {
    throw new Error(`models: there is no model '${name}'. ${suggestion(name, modelNames)}`);
  }
  tf.enableProdMode();
  // Weights that nobody reads take no memory there.
  await tf.setBackend('cpu');
  const shape = input === undefined ? {} : { inputShape: exampleShape(name, input) };
  return summarizeNetwork(name, { classes, batchSize, ...shape, ...set });
}

/** One number is the side of a square image where a network takes images; three colours unless told. */
function exampleShape(name: string, input: readonly number[]): number[] {
  const images = summarizeNetwork(name, { classes: 2 }).inputShape.length === 3;
  if (!images || input.length === 3) return [...input];
  const [height = 0, width = height] = input;
  return [height, width, 3];
}
