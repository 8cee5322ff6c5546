import type * as tf from '@tensorflow/tfjs-core';
import type { initializers, LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { type TorchWeight, torchWeights } from './torchWeights.js';

/** A weight of the classifier, and how it is drawn anew: with the initializer that its layer was built with. */
export interface ClassifierWeight extends TorchWeight {
  draw(): tf.Tensor;
}

type Initializer = ReturnType<typeof initializers.zeros>;
type Layer = LayersModel['layers'][number];

/**
 * The layer that makes the logits of a model: the last one that has weights, on the way to its output.
 *
 * @throws Error for a model where more than one way leads to the output, or whose layer does not say how it was drawn.
 */
export function classifierOf(model: LayersModel): {
  layer: Layer;
  weights: ClassifierWeight[];
} {
  let layer = model.outputs.length === 1 ? model.outputs[0]?.sourceLayer : undefined;
  while (layer && layer.weights.length === 0) {
    const before = layer.inboundNodes[0]?.inboundLayers ?? [];
    layer = before.length === 1 ? before[0] : undefined;
  }
  if (!layer) {
    throw new Error(
      `loadWeights: headless needs a model that ends in one layer with weights, got ${model.name}; load with { strict: false } instead`,
    );
  }
  const found = layer;
  const own = [...torchWeights(model).values()].filter(({ weight }) =>
    found.weights.includes(weight),
  );
  return { layer: found, weights: own.map((each) => ({ ...each, draw: drawing(found, each) })) };
}

/** How a weight of a layer was drawn when the layer was built. */
function drawing(layer: Layer, { name, weight }: TorchWeight): () => tf.Tensor {
  const own = weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1);
  const initializer = (layer as unknown as Record<string, Initializer | undefined>)[
    `${own}Initializer`
  ];
  if (typeof initializer?.apply !== 'function') {
    throw new Error(
      `loadWeights: headless draws the classifier anew, but ${layer.name} does not say how ${name} is drawn; load with { strict: false } and set it yourself`,
    );
  }
  return () => initializer.apply(weight.shape as number[], dtypeOf(weight));
}

function dtypeOf(weight: LayerVariable): tf.DataType {
  return weight.dtype as tf.DataType;
}
