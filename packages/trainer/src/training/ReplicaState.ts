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

/** What a state is made of, to tell later by {@link isImprintOf} whether somebody has put something else in its place. */
export function imprintOf({ weights, optimizer, average }: ReplicaState): readonly unknown[] {
  const data = (tensors: tf.NamedTensorMap): unknown[] =>
    Object.entries(tensors).flatMap(([name, { dataId }]) => [name, dataId]);
  return [
    ...data(weights),
    ...data(optimizer.tensors),
    ...data(average?.means ?? {}),
    JSON.stringify(optimizer.numbers),
  ];
}

/** Whether a state still is made of what it was. */
export function isImprintOf(imprint: readonly unknown[], state: ReplicaState): boolean {
  const now = imprintOf(state);
  return now.length === imprint.length && now.every((part, i) => part === imprint[i]);
}

/** Handles on what tensors, or variables, hold now; no copy is made. */
export function handles(tensors: Readonly<tf.NamedTensorMap>): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tf.clone<tf.Tensor>(tensor)]),
  );
}
