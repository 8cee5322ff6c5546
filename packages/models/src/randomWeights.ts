import * as tf from '@tensorflow/tfjs-core';
import { bitsAt, type StreamKey } from './counterHash.js';
import { normalQuantiles } from './normalQuantiles.js';

export interface RandomWeightsOptions {
  /** The stream that they are drawn from: weight `i` takes its element `i`. */
  key: StreamKey;
  distribution: 'normal' | 'uniform';
  /** Standard deviation of normal numbers, largest of uniform ones. */
  scale: number;
}

/** Taken out of `Math`, which a sandbox (jest, `node:vm`) makes slow to reach. */
const { clz32 } = Math;

/**
 * A tensor of random numbers of mean 0, the same on every backend. Where the backend has the kernel `BclRandomWeights` they are
 * written where they stay: the weights of a large network fit in memory once, not always twice.
 */
export function randomWeights(shape: number[], options: RandomWeightsOptions): tf.Tensor {
  if (tf.getKernel('BclRandomWeights', tf.getBackend())) {
    const attrs = { shape, ...options, quantiles: normalQuantiles };
    return tf
      .engine()
      .runKernel('BclRandomWeights', {}, attrs as unknown as tf.NamedAttrMap) as tf.Tensor;
  }
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  if (options.distribution === 'normal') fillNormal(values, options);
  else fillUniform(values, options);
  return tf.tensor(values, shape);
}

/** One bit is the sign; the others, read as a binary fraction, the probability of a larger size. */
function fillNormal(values: Float32Array, { key, scale }: RandomWeightsOptions): void {
  for (let i = 0; i < values.length; i++) {
    const bits = bitsAt(key, i);
    const odd = bits | 1;
    const zeros = clz32(odd);
    // The leading one, six bits that choose the piece, and 25 that say where in it.
    const digits = odd << zeros;
    const at = ((31 - zeros) << 6) + ((digits >>> 25) & 63);
    const low = normalQuantiles[at] as number;
    const size =
      low + ((normalQuantiles[at + 1] as number) - low) * ((digits & 0x1ffffff) / 2 ** 25);
    values[i] = (bits & 1 ? size : -size) * scale;
  }
}

/** Evenly spread over ±`scale`. */
function fillUniform(values: Float32Array, { key, scale }: RandomWeightsOptions): void {
  for (let i = 0; i < values.length; i++) {
    values[i] = scale * ((2 * bitsAt(key, i) + 1) / 2 ** 32 - 1);
  }
}
