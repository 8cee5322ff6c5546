import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ConvnetOptions, convnet } from './convnet.js';

/** Options of every network; a network passes over those that it does not know. */
export type CreateModelOptions = ConvnetOptions;

const networks: Readonly<Record<string, (options: CreateModelOptions) => LayersModel>> = {
  convnet,
};

/** The names that `createModel` knows. */
export const modelNames: readonly string[] = Object.keys(networks);

/**
 * Builds a network by its name, for settings that come from a file or a command line.
 *
 * @throws RangeError for a name not in `modelNames`.
 *
 * @example
 * ```ts
 * import { createModel, modelNames } from '@bcl/models';
 *
 * modelNames.includes('convnet'); // => true
 * const model = createModel('convnet', { classes: 10, seed: 1 });
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 */
export function createModel(name: string, options: CreateModelOptions): LayersModel {
  const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
  if (!network) {
    throw new RangeError(
      `createModel: name must be one of ${modelNames.join(', ')}, got ${JSON.stringify(name)}`,
    );
  }
  return network(options);
}
