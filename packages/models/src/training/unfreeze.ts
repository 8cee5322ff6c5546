import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayerMatch } from './layerMatch.js';
import { setTrainable } from './setTrainable.js';

/**
 * Lets layers be trained again that `freeze` had stopped.
 *
 * @param match Which layers, as for `freeze`; all unless told.
 * @returns The names of the layers.
 */
export function unfreeze(model: LayersModel, match: LayerMatch = '*'): string[] {
  return setTrainable('unfreeze', model, match, true);
}
