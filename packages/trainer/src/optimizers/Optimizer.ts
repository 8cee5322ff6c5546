import type * as tf from '@tensorflow/tfjs-core';

/** All that is needed to make an optimizer again; plain JSON. */
export interface OptimizerConfig {
  /** The name of the function that makes it, as `sgd`. */
  name: string;
  [setting: string]: unknown;
}

/** What an optimizer remembers between steps. */
export interface OptimizerState {
  /** Those of a weight are named after it, as `fc1/kernel/velocity`. They stay the optimizer's own: read them, keep none. */
  tensors: tf.NamedTensorMap;
  /** Counters and estimates, in double precision. */
  numbers: Record<string, number>;
}

/** What an optimizer does from now on, other than before. */
export interface OptimizerSwitch {
  /** Rules of the steps before and after. */
  from: string;
  to: string;
  /** Rate that it found for the rule after. */
  learningRate: number;
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

  /**
   * Awaited after each step where an optimizer has it: reads back what it needs to know before the
   * next one, and says when that changes its ways.
   */
  settle?(): Promise<OptimizerSwitch | null>;

  state(): OptimizerState;

  /** Goes on from a remembered state, which is copied. */
  restore(state: OptimizerState): void;

  /** Settings, for `optimizerFromConfig`. */
  getConfig(): OptimizerConfig;

  /** Frees what it remembers; a later step begins anew. */
  dispose(): void;
}
