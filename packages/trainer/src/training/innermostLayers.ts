import type { layers as tfLayers } from '@tensorflow/tfjs-layers';

export type Layer = InstanceType<typeof tfLayers.Layer>;

/** The layers of a model, those of models inside of it in their place. */
export function innermostLayers(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => {
    const inner = (layer as { layers?: Layer[] }).layers;
    return Array.isArray(inner) ? innermostLayers(inner) : [layer];
  });
}
