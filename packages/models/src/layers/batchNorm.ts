import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { normalizeBatch } from './normalizeBatch.js';
import { oneShape, oneTensor } from './single.js';

export interface BatchNormArgs {
  /** Name of the layer. */
  name?: string;
  /** Added to the variance under the root; 1e-5 unless told. */
  epsilon?: number;
  /** Share of the old moving statistics that one training step keeps; 0.9 unless told. */
  momentum?: number;
  /** What follows the normalisation, in the same pass; 'linear' unless told. */
  activation?: 'linear' | 'relu';
  /** What the moving variance starts from; 1 unless told. Chainer's networks start from 0. */
  initialVariance?: number;
}

/**
 * Batch normalisation over all axes but the last, as PyTorch and Chainer do it, with an optional
 * ReLU in the same pass.
 *
 * In training (`apply(x, { training: true })`, `fit`) a batch is normalised by its own statistics, and
 *
 *     moving = momentum · moving + (1 - momentum) · batch
 *
 * takes the **unbiased** variance of the batch (n - 1). The layer of tfjs takes the biased one and
 * a momentum of 0.99, which is why its evaluation scores lag behind. In evaluation the moving
 * statistics are used, and also in training once the layer is frozen (`trainable = false`): they are
 * kept then, as Keras has it.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { BatchNorm } from '@bcl/models';
 *
 * const layer = new BatchNorm({ activation: 'relu' });
 * const x = tf.tensor2d([-3, -1, 1, 3], [4, 1]);
 * const y = layer.apply(x, { training: true }) as tf.Tensor;
 * Array.from(y.dataSync(), (v) => v.toFixed(2)); // => ['0.00', '0.00', '0.45', '1.34']
 * layer.movingVariance.read().dataSync()[0].toFixed(4); // => '1.5667'
 * ```
 */
export class BatchNorm extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclBatchNorm';
  readonly epsilon: number;
  readonly momentum: number;
  readonly activation: 'linear' | 'relu';
  readonly initialVariance: number;
  gamma!: LayerVariable;
  beta!: LayerVariable;
  movingMean!: LayerVariable;
  movingVariance!: LayerVariable;

  constructor(args: BatchNormArgs = {}) {
    super(args);
    this.epsilon = args.epsilon ?? 1e-5;
    this.momentum = args.momentum ?? 0.9;
    this.activation = args.activation ?? 'linear';
    this.initialVariance = args.initialVariance ?? 1;
    if (!(this.epsilon > 0)) {
      throw new RangeError(`BatchNorm: epsilon must be above 0, got ${this.epsilon}`);
    }
    if (!(this.momentum >= 0 && this.momentum <= 1)) {
      throw new RangeError(`BatchNorm: momentum must be from 0 to 1, got ${this.momentum}`);
    }
    if (this.activation !== 'linear' && this.activation !== 'relu') {
      throw new RangeError(
        `BatchNorm: activation must be 'linear' or 'relu', got ${JSON.stringify(this.activation)}`,
      );
    }
    if (!(this.initialVariance >= 0)) {
      throw new RangeError(
        `BatchNorm: initialVariance must be at least 0, got ${this.initialVariance}`,
      );
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = oneShape('BatchNorm', inputShape);
    const channels = shape.at(-1);
    if (shape.length < 2 || shape.length > 4 || channels == null) {
      throw new RangeError(
        `BatchNorm: input must be [B, …, C] of rank 2 to 4 with known channels, got [${shape.join(', ')}]`,
      );
    }
    const size = [channels];
    const start = initializers.constant({ value: this.initialVariance });
    const zeros = initializers.zeros();
    this.gamma = this.addWeight('gamma', size, 'float32', initializers.ones());
    this.beta = this.addWeight('beta', size, 'float32', zeros);
    const fixed = [undefined, false] as const;
    this.movingMean = this.addWeight('moving_mean', size, 'float32', zeros, ...fixed);
    this.movingVariance = this.addWeight('moving_variance', size, 'float32', start, ...fixed);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const x = oneTensor('BatchNorm', inputs);
    return tf.tidy(() => (training && this.trainable ? this.#train(x) : this.#evaluate(x)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      momentum: this.momentum,
      activation: this.activation,
      initialVariance: this.initialVariance,
    };
  }

  #train(x: tf.Tensor): tf.Tensor {
    const { y, mean, variance } = normalizeBatch(x, read1d(this.gamma), read1d(this.beta), {
      epsilon: this.epsilon,
      relu: this.activation === 'relu',
    });
    const count = x.size / mean.size;
    this.#move(this.movingMean, mean);
    this.#move(this.movingVariance, tf.mul(variance, count / Math.max(1, count - 1)));
    return y;
  }

  #evaluate(x: tf.Tensor): tf.Tensor {
    const statistics = [read1d(this.movingMean), read1d(this.movingVariance)] as const;
    const y = tf.batchNorm(x, ...statistics, read1d(this.beta), read1d(this.gamma), this.epsilon);
    return this.activation === 'relu' ? tf.relu(y) : y;
  }

  #move(moving: LayerVariable, batch: tf.Tensor): void {
    const kept = tf.mul(moving.read(), this.momentum);
    moving.write(tf.add(kept, tf.mul(batch, 1 - this.momentum)));
  }
}
tf.serialization.registerClass(BatchNorm);

/** The value of a weight `[C]`. */
function read1d(weight: LayerVariable): tf.Tensor1D {
  return weight.read() as tf.Tensor1D;
}
