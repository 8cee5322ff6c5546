import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer, OptimizerConfig } from './Optimizer.js';

export interface SgdOptions {
  /** Rate of a step when no schedule says otherwise. */
  learningRate: number;
  /** Share μ of the last direction that is kept, from 0 to below 1. Default 0. */
  momentum?: number;
  /** Whether to look one step of momentum ahead. Default false. */
  nesterov?: boolean;
  /** Pull λ of every weight towards zero, biases and batch norm included. Default 0. */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum, Nesterov's step and weight decay, in PyTorch's meaning:
 *
 *     g ← g + λ w
 *     v ← g in the first step, then μ v + g
 *     w ← w - η (nesterov ? g + μ v : v)
 *
 * The rate η stands outside of `v`, so a rate that drops does not wait for the momentum to fade.
 *
 * @returns An optimizer that remembers one `v` per weight; `dispose()` frees them.
 * @throws RangeError when a setting is out of its range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { sgd } from '@bcl/trainer';
 *
 * const w = tf.variable(tf.tensor1d([1]));
 * const optimizer = sgd({ learningRate: 0.5, momentum: 0.5, nesterov: true });
 * optimizer.step({ w }, { w: tf.tensor1d([1]) });
 * w.dataSync(); // => [0.25]
 * ```
 *
 * @see PyTorch, `torch.optim.SGD`. Chainer's `NesterovAG`, which the authors of between-class
 * learning used, keeps η inside of `v`; for a steady rate both walk the same path.
 */
export function sgd(options: SgdOptions): Optimizer {
  return new Sgd(options);
}

class Sgd implements Optimizer {
  readonly learningRate: number;
  readonly #momentum: number;
  readonly #nesterov: boolean;
  readonly #weightDecay: number;
  readonly #velocity = new Map<string, tf.Tensor>();

  constructor({ learningRate, momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions) {
    check('learningRate', learningRate, learningRate >= 0, 'a number from 0 up');
    check('momentum', momentum, momentum >= 0 && momentum < 1, 'from 0 to below 1');
    check('weightDecay', weightDecay, weightDecay >= 0, 'a number from 0 up');
    if (nesterov && momentum === 0) {
      throw new RangeError('sgd: nesterov needs a momentum above 0, got 0; 0.9 is usual');
    }
    this.learningRate = learningRate;
    this.#momentum = momentum;
    this.#nesterov = nesterov;
    this.#weightDecay = weightDecay;
  }

  step(
    variables: Record<string, tf.Variable>,
    gradients: tf.NamedTensorMap,
    learningRate: number = this.learningRate,
  ): void {
    for (const [name, variable] of Object.entries(variables)) {
      const gradient = gradients[name];
      if (gradient) this.#stepOne(name, variable, gradient, learningRate);
    }
  }

  state(): tf.NamedTensorMap {
    return Object.fromEntries(this.#velocity);
  }

  restore(state: tf.NamedTensorMap): void {
    const copies = Object.entries(state).map(([name, v]) => [name, tf.keep(tf.clone(v))] as const);
    this.dispose();
    for (const [name, v] of copies) this.#velocity.set(name, v);
  }

  getConfig(): OptimizerConfig {
    return {
      name: 'sgd',
      learningRate: this.learningRate,
      momentum: this.#momentum,
      nesterov: this.#nesterov,
      weightDecay: this.#weightDecay,
    };
  }

  dispose(): void {
    tf.dispose([...this.#velocity.values()]);
    this.#velocity.clear();
  }

  #stepOne(name: string, w: tf.Variable, g: tf.Tensor, learningRate: number): void {
    const old = this.#velocity.get(name);
    const [next, velocity] = tf.tidy(() =>
      tf.getKernel('BclSgd', tf.getBackend())
        ? this.#fused(w, g, old, learningRate)
        : this.#composed(w, g, old, learningRate),
    ) as [tf.Tensor, tf.Tensor];
    w.assign(next);
    next.dispose();
    if (this.#momentum === 0) {
      velocity.dispose();
      return;
    }
    old?.dispose();
    this.#velocity.set(name, tf.keep(velocity));
  }

  /** The step in one pass over memory, where the backend has a kernel for it. */
  #fused(w: tf.Tensor, g: tf.Tensor, old: tf.Tensor | undefined, learningRate: number) {
    return tf.engine().runKernel(
      'BclSgd',
      { w, g, v: old ?? g },
      {
        learningRate,
        momentum: this.#momentum,
        weightDecay: this.#weightDecay,
        nesterov: this.#nesterov,
        first: old === undefined,
      },
    ) as tf.Tensor[];
  }

  #composed(w: tf.Tensor, g: tf.Tensor, old: tf.Tensor | undefined, learningRate: number) {
    const decayed = this.#weightDecay ? tf.add(g, tf.mul(w, this.#weightDecay)) : g;
    const v = old ? tf.add(tf.mul(old, this.#momentum), decayed) : tf.clone(decayed);
    const direction = this.#nesterov ? tf.add(decayed, tf.mul(v, this.#momentum)) : v;
    return [tf.sub(w, tf.mul(direction, learningRate)), v];
  }
}

function check(name: string, value: number, holds: boolean, what: string): void {
  if (!holds || !Number.isFinite(value)) {
    throw new RangeError(`sgd: ${name} must be ${what}, got ${value}`);
  }
}
