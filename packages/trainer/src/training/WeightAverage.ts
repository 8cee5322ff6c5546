import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';
import { SgdStep } from '../optimizers/sgd.js';

/**
 * An exponential moving average of weights, those that layers keep for themselves included:
 *
 *     mean ← d mean + (1 - d) w,   d = min(decay, (1 + k) / (10 + k)) in step k
 *
 * The smaller d of the first steps lets the mean forget where the weights began.
 *
 * @see TensorFlow, `ExponentialMovingAverage` with `num_updates`.
 */
export class WeightAverage {
  readonly #step = new SgdStep(0, false);
  #means: Record<string, tf.Tensor> = {};
  #steps = 0;

  constructor(readonly decay: number) {
    const holds = decay > 0 && decay < 1;
    checkSetting('ModelManager', 'ema', decay, holds, 'above 0 and below 1, as 0.999');
  }

  /** Steps that went into the means. */
  get steps(): number {
    return this.#steps;
  }

  /** The means, by name; none before the first step. They stay its own. */
  get means(): Readonly<Record<string, tf.Tensor>> {
    return this.#means;
  }

  /** Takes in the weights after a step. */
  update(weights: Record<string, tf.Variable>): void {
    this.#steps++;
    const k = this.#steps;
    const kept = Math.min(this.decay, (1 + k) / (10 + k));
    for (const [name, weight] of Object.entries(weights)) {
      const old = this.#means[name];
      // A step of SGD by the gradient `mean - w`, for which wasm has a kernel of one pass.
      const at = { learningRate: kept - 1, weightDecay: -1, factor: 1, k };
      const mean = old
        ? tf.tidy(() => this.#step.move(old, weight, {}, at).w)
        : tf.clone<tf.Tensor>(weight);
      this.#means[name] = tf.keep(mean);
      old?.dispose();
    }
  }

  /** Goes on from means that were saved, which are copied. */
  restore(means: tf.NamedTensorMap, steps: number): void {
    const copies = Object.entries(means).map(([name, x]) => [name, tf.keep(tf.clone(x))] as const);
    this.dispose();
    this.#means = Object.fromEntries(copies);
    this.#steps = steps;
  }

  dispose(): void {
    tf.dispose(this.#means);
    this.#means = {};
    this.#steps = 0;
  }
}
