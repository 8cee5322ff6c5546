import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The weights of a model under the names that its file gives them. */
export interface NamedWeights {
  /** Those that gradients change. */
  trainable: Record<string, tf.Variable>;
  /** Those that layers keep for themselves, such as running statistics. */
  others: Record<string, tf.Variable>;
}

/**
 * The weights of a model, named as in a saved file (`conv11/kernel`): unlike tfjs's own variable
 * names these are the same for every copy of the model in a process.
 */
export function namedWeights(model: LayersModel): NamedWeights {
  const trainable: Record<string, tf.Variable> = {};
  const others: Record<string, tf.Variable> = {};
  const taken = new Set<string>();
  const trained = new Set(model.trainableWeights.map(({ id }) => id));
  for (const weight of model.weights) {
    const name = weight.originalName;
    if (taken.has(name)) {
      throw new Error(
        `namedWeights: weights of a model need names of their own, got ${name} twice`,
      );
    }
    taken.add(name);
    (trained.has(weight.id) ? trainable : others)[name] = weight.read() as tf.Variable;
  }
  return { trainable, others };
}
