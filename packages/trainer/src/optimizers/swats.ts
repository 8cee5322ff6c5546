import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';
import { type AdamNumbers, type AdamOptions, checkAdam, moments } from './AdamStep.js';
import type { Optimizer, OptimizerSwitch } from './Optimizer.js';
import { type Memory, type MoveAt, RuleOptimizer, type StepRule } from './RuleOptimizer.js';
import { SgdStep, withDecay } from './sgd.js';

export interface SwatsOptions extends AdamOptions {
  /** What the root of the mean square is raised by. Default 1e-9. */
  epsilon?: number;
  /**
   * How near to its running mean the estimate of SGD's rate must come for the switch. Default 1e-9,
   * the paper's; in float32 that seldom comes about, and 1e-5 is what others take.
   */
  threshold?: number;
}

/**
 * Switches from Adam to SGD when it knows at which rate SGD would go on as Adam does. In step k,
 *
 *     m ← β1 m + (1 - β1) g,   a ← β2 a + (1 - β2) g²
 *     s = -η √(1 - β2ᵏ) / (1 - β1ᵏ) · m / (√a + ε),   w ← w + s
 *     γ = s·s / -s·g,   λ ← β2 λ + (1 - β2) γ,   Λ = λ / (1 - β2ᵏ)
 *
 * with dot products over all weights together; where s·g is 0, λ stays. When k > 1 and |Λ - γ| is
 * below `threshold`, all later steps are those of SGD with the rate Λ,
 *
 *     v ← β1 v + g,   w ← w - (1 - β1) Λ v
 *
 * A Λ that is not above 0 would climb: such a step does not switch. A schedule goes on after the
 * switch: Λ is multiplied by what the scheduled rate has become of that in the step of the switch.
 * Await `settle()` after each step, which tells of the switch; `ModelManager` does.
 *
 * @returns An optimizer that remembers `m` and `a` per weight, later `v`; `dispose()` frees them.
 * @throws RangeError when a setting is out of its range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { swats } from '@bcl/trainer';
 *
 * const w = tf.variable(tf.tensor1d([1]));
 * const optimizer = swats({ learningRate: 0.5, threshold: 1 });
 * optimizer.step({ w }, { w: tf.tensor1d([2]) });
 * await optimizer.settle?.(); // => null
 * optimizer.step({ w }, { w: tf.tensor1d([2]) });
 * const change = await optimizer.settle?.();
 * change; // => { from: 'adam', to: 'sgd', learningRate: 0.25 }
 * ```
 *
 * @see Keskar, Socher, "Improving Generalization Performance by Switching from Adam to SGD",
 * arXiv:1712.07628.
 */
export function swats({
  learningRate = 1e-3,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-9,
  threshold = 1e-9,
  ...options
}: SwatsOptions = {}): Optimizer {
  const own = { beta1, beta2, epsilon, threshold };
  checkAdam('swats', own);
  checkSetting('swats', 'threshold', threshold, threshold > 0, 'above 0');
  return new RuleOptimizer({ name: 'swats', learningRate, own, ...options }, new SwatsStep(own));
}

/** What the switch left behind. */
interface Sgd {
  /** Λ. */
  rate: number;
  /** The scheduled rate in the step of the switch. */
  scheduled: number;
}

class SwatsStep implements StepRule {
  readonly #own: AdamNumbers & { threshold: number };
  readonly #sgdStep: SgdStep;
  #lambda = 0;
  #sgd: Sgd | undefined;
  /** Of the step under way: s·s and s·g of each weight, without η. */
  #dots: tf.Tensor[] = [];
  /** Of a step that is yet to be settled. */
  #open: { dots: tf.Tensor; k: number; learningRate: number } | undefined;

  constructor(own: AdamNumbers & { threshold: number }) {
    this.#own = own;
    this.#sgdStep = new SgdStep(own.beta1, false);
  }

  move(w: tf.Tensor, g: tf.Tensor, old: Partial<Memory>, at: MoveAt) {
    if (this.#open) {
      throw new Error('swats: the last step must be settled before the next; await settle()');
    }
    return this.#sgd ? this.#moveSgd(w, g, old, at, this.#sgd) : this.#moveAdam(w, g, old, at);
  }

  #moveSgd(w: tf.Tensor, g: tf.Tensor, old: Partial<Memory>, at: MoveAt, sgd: Sgd) {
    const scheduled = at.learningRate / sgd.scheduled;
    const learningRate = (1 - this.#own.beta1) * sgd.rate * scheduled;
    const memory = old.velocity ? { velocity: old.velocity } : {};
    return this.#sgdStep.move(w, g, memory, { ...at, learningRate });
  }

  #moveAdam(w: tf.Tensor, g: tf.Tensor, old: Partial<Memory>, at: MoveAt) {
    const decayed = withDecay(g, w, at.weightDecay);
    const { m, v } = moments(decayed, old, this.#own);
    const direction = tf.div(m, tf.add(tf.sqrt(v), this.#own.epsilon));
    const dots = [tf.sum(tf.square(direction)), tf.sum(tf.mul(direction, decayed))];
    this.#dots.push(tf.keep(tf.stack(dots)));
    const { beta1, beta2 } = this.#own;
    const rate = (at.learningRate * Math.sqrt(1 - beta2 ** at.k)) / (1 - beta1 ** at.k);
    return { w: tf.sub(w, tf.mul(direction, rate)), memory: { m, v } };
  }

  end(k: number, learningRate: number): void {
    if (this.#dots.length === 0) return;
    const dots = tf.tidy(() => tf.sum(tf.stack(this.#dots), 0));
    tf.dispose(this.#dots);
    this.#dots = [];
    this.#open = { dots: tf.keep(dots), k, learningRate };
  }

  async settle(): Promise<OptimizerSwitch | null> {
    if (!this.#open) return null;
    const { dots, k, learningRate } = this.#open;
    const [square, product] = (await dots.data()) as unknown as [number, number];
    dots.dispose();
    this.#open = undefined;
    const { beta1, beta2, threshold } = this.#own;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** k)) / (1 - beta1 ** k);
    // s = -rate · direction: γ = rate² square / (rate product).
    const gamma = (rate * square) / product;
    if (rate === 0 || !Number.isFinite(gamma)) return null;
    this.#lambda = beta2 * this.#lambda + (1 - beta2) * gamma;
    const corrected = this.#lambda / (1 - beta2 ** k);
    if (k === 1 || corrected <= 0 || !(Math.abs(corrected - gamma) < threshold)) return null;
    this.#sgd = { rate: corrected, scheduled: learningRate };
    return { from: 'adam', to: 'sgd', learningRate: corrected };
  }

  numbers(): Record<string, number> {
    const { rate = 0, scheduled = 0 } = this.#sgd ?? {};
    return { lambda: this.#lambda, sgdRate: rate, scheduled };
  }

  restore({ lambda = 0, sgdRate = 0, scheduled = 0 }: Record<string, number>): void {
    this.#lambda = lambda;
    this.#sgd = sgdRate > 0 ? { rate: sgdRate, scheduled } : undefined;
  }

  reset(): void {
    tf.dispose([this.#dots, this.#open?.dots ?? []]);
    this.#dots = [];
    this.#open = undefined;
    this.restore({});
  }
}
