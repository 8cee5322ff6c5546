import * as tf from '@tensorflow/tfjs-core';
import { isOwn, markOwn } from './ownKernels.js';

/** Names of kernels of ours that are not to be used, or all of them. */
export type Off = 'all' | readonly string[];

/** Kernels of ours for one backend, in place of those that TensorFlow.js has under their names; each can be switched off. */
export class KernelSet {
  readonly #stock: Map<string, tf.KernelConfig>;
  #off: ReadonlySet<string> = new Set();

  /**
   * @param caller For errors.
   * @param names Of all kernels of ours.
   * @param stock What stands for those that TensorFlow.js lacks while ours are off.
   */
  constructor(
    readonly backendName: string,
    readonly caller: string,
    readonly names: readonly string[],
    stock: readonly tf.KernelConfig[] = [],
  ) {
    this.#stock = new Map(stock.map((config) => [config.kernelName, config]));
  }

  /** A kernel of ours under a name, ready to be registered, and what was there before remembered. */
  config(kernelName: string, kernelFunc: tf.KernelFunc): tf.KernelConfig {
    const { backendName } = this;
    const before = tf.getKernel(kernelName, backendName);
    if (before && !isOwn(before) && !this.#stock.has(kernelName)) {
      this.#stock.set(kernelName, before);
    }
    // With what readies it for a backend.
    return markOwn({ ...this.#stock.get(kernelName), kernelName, backendName, kernelFunc });
  }

  /** TensorFlow.js's own kernel that ours stands in for. */
  stock(name: string): tf.KernelFunc {
    const found = this.#stock.get(name);
    if (!found) {
      throw new Error(
        `${this.backendName} backend: TensorFlow.js has no kernel ${name} to fall back to`,
      );
    }
    return found.kernelFunc;
  }

  /** What `off` says, checked. */
  parse(off: Off): ReadonlySet<string> {
    const { names } = this;
    if (off === 'all') return new Set(names);
    const unknown = off.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new RangeError(
        `${this.caller}: off must name kernels of ours, or be 'all', got '${unknown}'; there are ${names.join(', ')}`,
      );
    }
    return new Set(off);
  }

  /**
   * Registers kernels of ours, or what stands for them while they are off.
   *
   * @param off Which those are; left out, it stays as it was.
   * @returns Names of both kinds.
   */
  install(
    configs: readonly tf.KernelConfig[],
    off?: ReadonlySet<string>,
  ): { registered: string[]; off: string[] } {
    if (off) this.#off = off;
    const isOff = (name: string): boolean => this.#off.has(name);
    for (const ours of configs) {
      const { kernelName } = ours;
      const wanted = isOff(kernelName) ? this.#stock.get(kernelName) : ours;
      const current = tf.getKernel(kernelName, this.backendName);
      if (current === wanted) continue;
      if (current) tf.unregisterKernel(kernelName, this.backendName);
      if (wanted) tf.registerKernel(wanted);
    }
    const names = configs.map(({ kernelName }) => kernelName);
    return { registered: names.filter((name) => !isOff(name)), off: names.filter(isOff) };
  }
}
