import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerState } from '../optimizers/Optimizer.js';

/** All that a replica holds; the tensors stay its own. */
export interface ReplicaState {
  /** Under the names of `all`. */
  weights: tf.NamedTensorMap;
  optimizer: OptimizerState;
  /** The moving average of the weights and the steps that went into it; null where none is kept. */
  average: { means: tf.NamedTensorMap; steps: number } | null;
}

/** Holds a state as it is now, by handles on its tensors: no number is copied. The caller's. */
export function holdState({ weights, optimizer, average }: ReplicaState): ReplicaState {
  return {
    weights: handles(weights),
    optimizer: { tensors: handles(optimizer.tensors), numbers: { ...optimizer.numbers } },
    average: average && { means: handles(average.means), steps: average.steps },
  };
}

/** Lets go of a state that was held. */
export function releaseState({ weights, optimizer, average }: ReplicaState): void {
  tf.dispose([weights, optimizer.tensors, average?.means ?? {}]);
}

/** Whether two states are of the same tensors. */
export function sameState(a: ReplicaState, b: ReplicaState): boolean {
  return (
    sameTensors(a.weights, b.weights) &&
    sameTensors(a.optimizer.tensors, b.optimizer.tensors) &&
    JSON.stringify(a.optimizer.numbers) === JSON.stringify(b.optimizer.numbers) &&
    sameTensors(a.average?.means ?? {}, b.average?.means ?? {})
  );
}

/** Handles on what tensors, or variables, hold now; no copy is made. */
export function handles(tensors: Readonly<tf.NamedTensorMap>): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tf.clone<tf.Tensor>(tensor)]),
  );
}

function sameTensors(a: tf.NamedTensorMap, b: tf.NamedTensorMap): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => a[name]?.dataId === b[name]?.dataId)
  );
}
