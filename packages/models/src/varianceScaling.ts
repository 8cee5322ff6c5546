import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import { streamKey } from './counterHash.js';
import { randomWeights } from './randomWeights.js';

const { sqrt } = Math;

type Initializer = ReturnType<typeof initializers.ones>;
type Statics = typeof tf.serialization.Serializable;

/** tfjs-layers accepts only what extends its own base class, and does not export that class. */
const Base: (abstract new () => Initializer) & Pick<Statics, 'fromConfig'> = Object.getPrototypeOf(
  initializers.ones().constructor,
);

export interface VarianceScalingArgs {
  /** Variance of a weight times its fan. */
  scale: number;
  /** Whether the fan counts the inputs of a unit, its outputs, or is the mean of both; 'in' unless told. */
  fan?: 'in' | 'out' | 'avg';
  distribution: 'normal' | 'uniform';
  seed: number;
}

/**
 * Weights of mean 0 and variance `scale / fan`. Unlike the tfjs initializer of that name it does not
 * truncate the normal distribution, gives the same weights on every backend, and fills a hundred
 * million of them in a second.
 */
export class VarianceScaling extends Base {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclVarianceScaling';
  readonly #args: Required<VarianceScalingArgs>;

  constructor(args: VarianceScalingArgs) {
    super();
    this.#args = { fan: 'in', ...args };
  }

  override apply(shape: number[]): tf.Tensor {
    const { scale, fan, distribution, seed } = this.#args;
    const std = sqrt(scale / fanOf(shape, fan));
    if (!drawing) return tf.fill(shape, 0);
    return randomWeights(shape, {
      key: streamKey(seed),
      distribution,
      scale: distribution === 'normal' ? std : std * sqrt(3),
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.#args };
  }
}
tf.serialization.registerClass(VarianceScaling);

/** Whether weights are drawn, or left 0. */
let drawing = true;

/** Builds something whose weights are of no account: those that would be drawn are 0. */
export function undrawn<T>(build: () => T): T {
  drawing = false;
  try {
    return build();
  } finally {
    drawing = true;
  }
}

/** Inputs or outputs of one unit, or their mean: kernels are `[height, width, in, out]`, `[time, in, out]` or `[in, out]`. */
function fanOf(shape: number[], fan: 'in' | 'out' | 'avg'): number {
  const left = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const [ins = 1, outs = 1] = shape.slice(-2);
  return left * { in: ins, out: outs, avg: (ins + outs) / 2 }[fan];
}
