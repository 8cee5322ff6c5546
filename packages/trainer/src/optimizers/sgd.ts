import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';
import type { Optimizer } from './Optimizer.js';
import type { OptimizerOptions } from './OptimizerOptions.js';
import {
  type Memory,
  type MoveAt,
  type Moved,
  RuleOptimizer,
  type StepRule,
} from './RuleOptimizer.js';

export interface SgdOptions extends OptimizerOptions {
  /** Rate of a step when no schedule says otherwise. */
  learningRate: number;
  /** Share μ of the last direction that is kept, from 0 to below 1. Default 0. */
  momentum?: number;
  /** Whether to look one step of momentum ahead: in PyTorch's form, or in Chainer's. Default false. */
  nesterov?: boolean | 'chainer';
}

/**
 * Stochastic gradient descent with momentum, Nesterov's step and weight decay, in PyTorch's meaning:
 *
 *     g ← g + λ w
 *     v ← g in the first step, then μ v + g
 *     w ← w - η (nesterov ? g + μ v : v)
 *
 * The rate η stands outside of `v`, so a rate that drops does not wait for the momentum to fade.
 * With `nesterov: 'chainer'` it is Chainer's `NesterovAG`, by which the authors of between-class
 * learning trained: η stands inside, and the step looks further ahead,
 *
 *     v ← μ v - η g
 *     w ← w + μ² v - (1 + μ) η g
 *
 * For a steady gradient both go `η / (1 - μ)` times as far as `g`.
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
 * @see PyTorch, `torch.optim.SGD`; Chainer, `optimizers/nesterov_ag.py`.
 */
export function sgd({
  learningRate,
  momentum = 0,
  nesterov = false,
  ...options
}: SgdOptions): Optimizer {
  checkSetting('sgd', 'momentum', momentum, momentum >= 0 && momentum < 1, 'from 0 to below 1');
  if (nesterov && momentum === 0) {
    throw new RangeError('sgd: nesterov needs a momentum above 0, got 0; 0.9 is usual');
  }
  const rule = nesterov === 'chainer' ? new ChainerStep(momentum) : new SgdStep(momentum, nesterov);
  return new RuleOptimizer(
    { name: 'sgd', learningRate, own: { momentum, nesterov }, ...options },
    rule,
  );
}

/** PyTorch's form. */
export class SgdStep implements StepRule {
  constructor(
    readonly momentum: number,
    readonly nesterov: boolean,
  ) {}

  move(w: tf.Tensor, g: tf.Tensor, { velocity: old }: Partial<Memory>, at: MoveAt): Moved {
    const [next, velocity] = (
      tf.getKernel('BclSgd', tf.getBackend())
        ? this.#fused(w, g, old, at)
        : this.#composed(w, g, old, at)
    ) as [tf.Tensor, tf.Tensor];
    return { w: next, memory: this.momentum === 0 ? {} : { velocity } };
  }

  /** The step in one pass over memory, where the backend has a kernel for it. */
  #fused(
    w: tf.Tensor,
    g: tf.Tensor,
    old: tf.Tensor | undefined,
    { learningRate, weightDecay }: MoveAt,
  ): tf.Tensor[] {
    const { momentum, nesterov } = this;
    return tf
      .engine()
      .runKernel(
        'BclSgd',
        { w, g, v: old ?? g },
        { learningRate, momentum, weightDecay, nesterov, first: old === undefined, inPlace: true },
      ) as tf.Tensor[];
  }

  #composed(
    w: tf.Tensor,
    g: tf.Tensor,
    old: tf.Tensor | undefined,
    { learningRate, weightDecay }: MoveAt,
  ): tf.Tensor[] {
    const decayed = withDecay(g, w, weightDecay);
    const v = old ? tf.add(tf.mul(old, this.momentum), decayed) : tf.clone(decayed);
    const direction = this.nesterov ? tf.add(decayed, tf.mul(v, this.momentum)) : v;
    return [tf.sub(w, tf.mul(direction, learningRate)), v];
  }
}

/** Chainer's form of Nesterov's step. */
class ChainerStep implements StepRule {
  constructor(readonly momentum: number) {}

  move(w: tf.Tensor, g: tf.Tensor, { velocity: old }: Partial<Memory>, at: MoveAt): Moved {
    const { momentum } = this;
    const step = tf.mul(withDecay(g, w, at.weightDecay), at.learningRate);
    const velocity = old ? tf.sub(tf.mul(old, momentum), step) : tf.neg(step);
    const ahead = tf.sub(tf.mul(velocity, momentum ** 2), tf.mul(step, 1 + momentum));
    return { w: tf.add(w, ahead), memory: { velocity } };
  }
}

/** A gradient and the pull of the weight towards zero; the gradient itself where there is none. */
export function withDecay(g: tf.Tensor, w: tf.Tensor, weightDecay: number): tf.Tensor {
  return weightDecay ? tf.add(g, tf.mul(w, weightDecay)) : g;
}
