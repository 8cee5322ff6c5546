import { type LayersModel, type layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

type Layer = InstanceType<typeof layers.Layer>;

/**
 * A model with one more layer behind a named one, its own layers and weights used again.
 *
 * @param after Name of the layer whose output the new one takes.
 * @throws Error when there is no such layer, or the model is not one chain of layers.
 */
export function insertLayer(network: LayersModel, after: string, inserted: Layer): LayersModel {
  if (!network.layers.some(({ name }) => name === after)) {
    throw new Error(
      `insertLayer: ${network.name} must have a layer ${after}, got ${network.layers.map(({ name }) => name).join(', ')}`,
    );
  }
  let x = network.inputs[0] as SymbolicTensor;
  for (const layer of network.layers.slice(1)) {
    if (layer.inboundNodes.length !== 1 || Array.isArray(layer.input)) {
      throw new Error(
        `insertLayer: the layers of ${network.name} must be one chain, got a branch at ${layer.name}`,
      );
    }
    x = layer.apply(x) as SymbolicTensor;
    if (layer.name === after) x = inserted.apply(x) as SymbolicTensor;
  }
  return model({ inputs: network.inputs, outputs: x, name: network.name });
}
