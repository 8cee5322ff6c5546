import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';
import type { OptimizerOptions } from './OptimizerOptions.js';
import type { Memory, MoveAt, Moved, StepRule } from './RuleOptimizer.js';
import { withDecay } from './sgd.js';

export interface AdamOptions extends OptimizerOptions {
  /** Rate of a step when no schedule says otherwise. Default 0.001. */
  learningRate?: number;
  /** Share of the mean gradient that is kept, from 0 to below 1. Default 0.9. */
  beta1?: number;
  /** Share of the mean square that is kept, from 0 to below 1. Default 0.999. */
  beta2?: number;
  /** What the root of the mean square is raised by. Default 1e-8. */
  epsilon?: number;
}

/** The numbers of Adam, all said. */
export interface AdamNumbers {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** Throws unless the numbers of Adam are in range. */
export function checkAdam(who: string, { beta1, beta2, epsilon }: AdamNumbers): void {
  for (const [name, beta] of Object.entries({ beta1, beta2 })) {
    checkSetting(who, name, beta, beta >= 0 && beta < 1, 'from 0 to below 1');
  }
  checkSetting(who, 'epsilon', epsilon, epsilon > 0, 'above 0');
}

/** Adam's step; `decoupled` lets weights shrink by themselves rather than through the gradient. */
export class AdamStep implements StepRule {
  constructor(readonly settings: AdamNumbers & { decoupled: boolean }) {}

  move(
    w: tf.Tensor,
    g: tf.Tensor,
    old: Partial<Memory>,
    { learningRate, weightDecay, k }: MoveAt,
  ): Moved {
    const { beta1, beta2, epsilon, decoupled } = this.settings;
    const numbers = {
      ...{ beta1, beta2, epsilon },
      rate: learningRate / (1 - beta1 ** k),
      scale: 1 / Math.sqrt(1 - beta2 ** k),
      kept: decoupled ? 1 - learningRate * weightDecay : 1,
      weightDecay: decoupled ? 0 : weightDecay,
    };
    const [next, m, v] = (
      tf.getKernel('BclAdam', tf.getBackend())
        ? fused(w, g, old, numbers)
        : composed(w, g, old, numbers)
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { w: next, memory: { m, v } };
  }
}

/** `w ← kept w - rate m / (scale √v + ε)`. */
interface StepNumbers extends AdamNumbers {
  rate: number;
  scale: number;
  kept: number;
  weightDecay: number;
}

/** The step in one pass over memory, where the backend has a kernel for it. */
function fused(
  w: tf.Tensor,
  g: tf.Tensor,
  { m, v }: Partial<Memory>,
  numbers: StepNumbers,
): tf.Tensor[] {
  const first = m === undefined;
  const attrs = { ...numbers, first, inPlace: true };
  return tf.engine().runKernel('BclAdam', { w, g, m: m ?? g, v: v ?? g }, attrs) as tf.Tensor[];
}

function composed(
  w: tf.Tensor,
  g: tf.Tensor,
  old: Partial<Memory>,
  numbers: StepNumbers,
): tf.Tensor[] {
  const { rate, scale, kept, weightDecay, epsilon } = numbers;
  const { m, v } = moments(withDecay(g, w, weightDecay), old, numbers);
  const direction = tf.div(m, tf.add(tf.mul(tf.sqrt(v), scale), epsilon));
  return [tf.sub(kept === 1 ? w : tf.mul(w, kept), tf.mul(direction, rate)), m, v];
}

/** Running means of the gradient and of its square. */
export function moments(
  g: tf.Tensor,
  { m, v }: Partial<Memory>,
  { beta1, beta2 }: AdamNumbers,
): { m: tf.Tensor; v: tf.Tensor } {
  const mean = tf.mul(g, 1 - beta1);
  const square = tf.mul(tf.square(g), 1 - beta2);
  return {
    m: m ? tf.add(tf.mul(m, beta1), mean) : mean,
    v: v ? tf.add(tf.mul(v, beta2), square) : square,
  };
}
