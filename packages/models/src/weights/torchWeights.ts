import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** A weight of a model as PyTorch would have it. */
export interface TorchWeight {
  /** Its name in a state dict: the name of the layer, then `weight`, `bias`, `running_mean` or `running_var`. */
  name: string;
  /** Its shape in PyTorch's layout, `[out, in, …]`; see `fromTorchLayout` and `toTorchLayout`. */
  shape: number[];
  /** Where it is kept, in our layout. */
  weight: LayerVariable;
}

/** What PyTorch calls the weights that our layers and those of tfjs have; any other keeps its name. */
const theirNames: Readonly<Record<string, string>> = {
  kernel: 'weight',
  gamma: 'weight',
  bias: 'bias',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/**
 * All weights of a model under the names that PyTorch gives them, in the order of its layers: the one place that relates the
 * two. The layers of our networks carry the names of PyTorch's modules, so nothing but the last part of a name is translated.
 * A state dict holds in addition `num_batches_tracked` for each normalisation, which has no part in any result.
 */
export function torchWeights(model: LayersModel): Map<string, TorchWeight> {
  const weights = model.layers.flatMap((layer) =>
    layer.weights.map((weight): [string, TorchWeight] => {
      const own = weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1);
      const name = `${layer.name}.${Object.hasOwn(theirNames, own) ? theirNames[own] : own}`;
      return [name, { name, shape: torchShape(weight.shape as number[]), weight }];
    }),
  );
  return new Map(weights);
}

/** The shape that `toTorchLayout` gives a weight of this shape. */
function torchShape(shape: number[]): number[] {
  return shape.length < 2 ? [...shape] : [...shape.slice(-2).reverse(), ...shape.slice(0, -2)];
}
