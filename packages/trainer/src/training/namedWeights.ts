import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { innermostLayers, type Layer } from './innermostLayers.js';

/** The weights of a model under the names that its file gives them. */
export interface NamedWeights {
  /** Those that gradients change. */
  trainable: Record<string, tf.Variable>;
  /** Those that layers keep for themselves, such as running statistics. */
  others: Record<string, tf.Variable>;
  /** Those of frozen layers (`trainable = false`), which nothing changes. */
  frozen: Record<string, tf.Variable>;
}

/**
 * The weights of a model, named as in a saved file (`conv11/kernel`): unlike tfjs's own variable
 * names these are the same for every copy of the model in a process.
 */
export function namedWeights(model: LayersModel): NamedWeights {
  const trainable: Record<string, tf.Variable> = {};
  const others: Record<string, tf.Variable> = {};
  const frozen: Record<string, tf.Variable> = {};
  const taken = new Set<string>();
  const trained = new Set(model.trainableWeights.map(({ id }) => id));
  const kept = new Set(innermostLayers(model.layers).flatMap(weightsKept));
  for (const weight of model.weights) {
    const name = weight.originalName;
    if (taken.has(name)) {
      throw new Error(
        `namedWeights: weights of a model need names of their own, got ${name} twice`,
      );
    }
    taken.add(name);
    const kind = trained.has(weight.id) ? trainable : kept.has(weight.id) ? frozen : others;
    kind[name] = weight.read() as tf.Variable;
  }
  return { trainable, others, frozen };
}

/** The weights of a layer that nothing changes, by their ids: all of a frozen one, but that tfjs's own normalisation moves its statistics even then. */
function weightsKept(layer: Layer): number[] {
  if (layer.trainable) return [];
  const moving = layer.getClassName() === 'BatchNormalization' ? /moving_/ : /^$/;
  return layer.weights.filter(({ originalName }) => !moving.test(originalName)).map(({ id }) => id);
}
