import type * as tf from '@tensorflow/tfjs-core';

/** All that is needed to make an optimizer again; plain JSON. */
export interface OptimizerConfig {
  /** The name of the function that makes it, as `sgd`. */
  name: string;
  [setting: string]: number | boolean | string;
}

/** Turns gradients into steps of the weights. */
export interface Optimizer {
  /** Rate of a step when no schedule says otherwise. */
  readonly learningRate: number;

  /**
   * Takes one step. A variable without a gradient stays as it is.
   *
   * @param variables The weights, changed in place.
   * @param gradients Gradients under the names of the variables; kept.
   * @param learningRate Rate of this step; `this.learningRate` when not given.
   */
  step(
    variables: Record<string, tf.Variable>,
    gradients: tf.NamedTensorMap,
    learningRate?: number,
  ): void;

  /** What the optimizer remembers between steps. The tensors stay its own: read them, keep none. */
  state(): tf.NamedTensorMap;

  /** Goes on from a remembered state, which is copied. */
  restore(state: tf.NamedTensorMap): void;

  /** Settings, for `optimizerFromConfig`. */
  getConfig(): OptimizerConfig;

  /** Frees what it remembers; a later step begins anew. */
  dispose(): void;
}
