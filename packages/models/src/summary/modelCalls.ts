import type { LayersModel } from '@tensorflow/tfjs-layers';

export type Layer = LayersModel['layers'][number];

/** One use of a layer in a model. */
export interface LayerCall {
  layer: Layer;
  /** The uses whose results it takes, in order. */
  inputs: LayerCall[];
  /** Shapes of its results for one example, without the batch. */
  outputShapes: number[][];
}

/**
 * The uses of layers in a model, each after those that it takes from.
 *
 * @param who The function that was called, for errors.
 * @throws RangeError for a model whose sizes are not known before it gets a batch.
 */
export function modelCalls(who: string, model: LayersModel): LayerCall[] {
  const calls = new Map<object, LayerCall>();
  const visit = (layer: Layer, nodeIndex: number): LayerCall => {
    const node = layer.inboundNodes[nodeIndex] as Layer['inboundNodes'][number];
    const known = calls.get(node);
    if (known) return known;
    const inputs = node.inboundLayers.map((from, i) => visit(from, node.nodeIndices[i] as number));
    const shapes = node.outputShapes as unknown;
    const outputShapes = (isNested(shapes) ? shapes : [shapes as (number | null)[]]).map((shape) =>
      exampleShape(who, layer.name, shape),
    );
    const call = { layer, inputs, outputShapes };
    calls.set(node, call);
    return call;
  };
  for (const output of model.outputs) visit(output.sourceLayer, output.nodeIndex);
  return [...calls.values()];
}

function isNested(shapes: unknown): shapes is (number | null)[][] {
  return Array.isArray(shapes) && Array.isArray(shapes[0]);
}

/** The shape of one example. */
function exampleShape(who: string, name: string, shape: readonly (number | null)[]): number[] {
  const sizes = shape.slice(1);
  if (sizes.every((size) => size !== null)) return sizes;
  throw new RangeError(
    `${who}: the sizes of all layers must be known, got [${shape.join(', ')}] from ${name}; build the model with a fixed input shape`,
  );
}
