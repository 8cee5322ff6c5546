import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type LayerMatch, matchLayers } from './layerMatch.js';

/** Lets layers be trained or not, and gives their names. */
export function setTrainable(
  who: string,
  model: LayersModel,
  match: LayerMatch,
  trainable: boolean,
): string[] {
  const layers = matchLayers(who, model, match);
  for (const layer of layers) layer.trainable = trainable;
  return layers.map(({ name }) => name);
}
