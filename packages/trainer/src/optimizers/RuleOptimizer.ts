import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';
import { checkClip, clipGradients } from './clipGradients.js';
import type { Optimizer, OptimizerConfig, OptimizerState, OptimizerSwitch } from './Optimizer.js';
import type { OptimizerOptions } from './OptimizerOptions.js';
import { checkGroups, checkNames, settingsOf, type WeightSettings } from './WeightGroup.js';

/** What is remembered of one weight, by name. */
export type Memory = Record<string, tf.Tensor>;

/** The new weight and what to remember of it, all of them new tensors. */
export type Moved = { w: tf.Tensor; memory: Memory };

/** How a step of one weight goes. */
export interface MoveAt {
  /** Of this weight, its factor included. */
  learningRate: number;
  factor: number;
  weightDecay: number;
  /** Which step of the optimizer this is, from 1. */
  k: number;
}

/** How one kind of optimizer moves a weight; a `RuleOptimizer` does all the rest. */
export interface StepRule {
  /**
   * Moves a weight; inside of tidy.
   *
   * @param memory What the last step gave to remember; empty at first.
   */
  move(w: tf.Tensor, g: tf.Tensor, memory: Partial<Memory>, at: MoveAt): Moved;
  /** Told after all weights have moved, with the rate of the step. */
  end?(k: number, learningRate: number): void;
  settle?(): Promise<OptimizerSwitch | null>;
  /** Numbers to remember beside the tensors. */
  numbers?(): Record<string, number>;
  restore?(numbers: Record<string, number>): void;
  /** Forgets all, and frees what it holds. */
  reset?(): void;
}

export interface RuleSettings extends OptimizerOptions {
  /** Name of the function that makes it. */
  name: string;
  learningRate: number;
  /** Those of the rule, for `getConfig`. */
  own: Record<string, unknown>;
}

/** An optimizer by the rule of its steps: with groups, clipping and a memory that can be saved. */
export class RuleOptimizer implements Optimizer {
  readonly learningRate: number;
  readonly settle?: () => Promise<OptimizerSwitch | null>;
  readonly #settings: RuleSettings;
  readonly #rule: StepRule;
  readonly #memories = new Map<string, Memory>();
  readonly #weightSettings = new Map<string, WeightSettings>();
  #steps = 0;

  constructor(settings: RuleSettings, rule: StepRule) {
    const { name, learningRate, weightDecay = 0, groups = [], clip } = settings;
    checkSetting(name, 'learningRate', learningRate, learningRate >= 0, 'a number from 0 up');
    checkSetting(name, 'weightDecay', weightDecay, weightDecay >= 0, 'a number from 0 up');
    checkGroups(name, groups);
    if (clip) checkClip(name, clip);
    this.learningRate = learningRate;
    this.#settings = settings;
    this.#rule = rule;
    if (rule.settle) this.settle = () => rule.settle?.() as Promise<OptimizerSwitch | null>;
  }

  step(
    variables: Record<string, tf.Variable>,
    gradients: tf.NamedTensorMap,
    learningRate: number = this.learningRate,
  ): void {
    const { name: who, groups = [], clip } = this.#settings;
    if (this.#weightSettings.size === 0) checkNames(who, groups, Object.keys(variables));
    const k = this.#steps + 1;
    const limited = clip ? clipGradients(gradients, clip) : gradients;
    try {
      for (const [name, variable] of Object.entries(variables)) {
        const g = limited[name];
        if (!g) continue;
        const { factor, weightDecay } = this.#settingsOf(name);
        const at = { learningRate: factor * learningRate, factor, weightDecay, k };
        this.#move(name, variable, g, at);
      }
    } finally {
      if (clip) tf.dispose(limited);
    }
    this.#steps = k;
    this.#rule.end?.(k, learningRate);
  }

  state(): OptimizerState {
    const tensors: tf.NamedTensorMap = {};
    for (const [name, memory] of this.#memories) {
      for (const [what, tensor] of Object.entries(memory)) tensors[`${name}/${what}`] = tensor;
    }
    return { tensors, numbers: { steps: this.#steps, ...this.#rule.numbers?.() } };
  }

  restore({ tensors, numbers }: OptimizerState): void {
    const copies = Object.entries(tensors).map(
      ([name, x]) => [name, tf.keep(tf.clone(x))] as const,
    );
    this.dispose();
    for (const [name, copy] of copies) {
      const cut = name.lastIndexOf('/');
      const memory = this.#memories.get(name.slice(0, cut)) ?? {};
      memory[name.slice(cut + 1)] = copy;
      this.#memories.set(name.slice(0, cut), memory);
    }
    this.#steps = numbers.steps ?? 0;
    this.#rule.restore?.(numbers);
  }

  getConfig(): OptimizerConfig {
    const { name, own, weightDecay = 0, groups = [], clip } = this.#settings;
    return {
      name,
      learningRate: this.learningRate,
      ...own,
      weightDecay,
      ...(groups.length > 0 ? { groups } : {}),
      ...(clip ? { clip } : {}),
    };
  }

  dispose(): void {
    tf.dispose([...this.#memories.values()]);
    this.#memories.clear();
    this.#steps = 0;
    this.#rule.reset?.();
  }

  #settingsOf(name: string): WeightSettings {
    const known = this.#weightSettings.get(name);
    if (known) return known;
    const { groups = [], weightDecay = 0 } = this.#settings;
    const settings = settingsOf(name, groups, weightDecay);
    this.#weightSettings.set(name, settings);
    return settings;
  }

  #move(name: string, variable: tf.Variable, g: tf.Tensor, at: MoveAt): void {
    const old = this.#memories.get(name) ?? {};
    const { w, memory } = tf.tidy(() => this.#rule.move(variable, g, old, at));
    variable.assign(w);
    w.dispose();
    tf.dispose(old);
    for (const tensor of Object.values(memory)) tf.keep(tensor);
    this.#memories.set(name, memory);
  }
}
