import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { bitsAt, streamKey } from '../counterHash.js';
import { checkSeed, Place } from './place.js';
import { oneTensor } from './single.js';

export interface DropoutArgs {
  /** Name of the layer. */
  name?: string;
  /** Share of the units that are zeroed, from 0 up to but not including 1. */
  rate: number;
  /** Selects the masks; layers of one network want different ones. 0 unless told. */
  seed?: number;
}

/**
 * Inverted dropout whose masks can be placed. In training each unit is zeroed with probability
 * `rate`, the others divided by `1 - rate`; in evaluation nothing happens.
 *
 * Whether a unit stays depends on seed, training step, number of the example in the batch, and
 * number of the unit: nothing else. So a run gives the same masks on every backend, a resumed run
 * those of one that never stopped, and two workers with half a batch each those of one worker with
 * all of it, provided each says where it is with `seek`. Each training call moves on one step.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { Dropout } from '@bcl/models';
 *
 * const layer = new Dropout({ rate: 0.5, seed: 1 });
 * const x = tf.ones([4, 8]);
 * const whole = layer.apply(x, { training: true }) as tf.Tensor;
 *
 * layer.seek(0, 2); // the step from before, and a worker that begins at example 2
 * const half = layer.apply(tf.ones([2, 8]), { training: true }) as tf.Tensor;
 * half.dataSync(); // => Array.from(tf.slice(whole, [2, 0]).dataSync())
 * ```
 */
export class Dropout extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclDropout';
  readonly rate: number;
  readonly seed: number;
  readonly #place = new Place('Dropout');

  constructor(args: DropoutArgs) {
    super(args);
    this.rate = args.rate;
    this.seed = args.seed ?? 0;
    if (!(this.rate >= 0 && this.rate < 1)) {
      throw new RangeError(
        `Dropout: rate must be from 0 up to but not including 1, got ${this.rate}`,
      );
    }
    checkSeed('Dropout', this.seed);
  }

  /**
   * Says which masks the next training call uses.
   *
   * @param step Training steps before it, from 0.
   * @param firstExample Number, within the whole batch, of the first example this layer will see.
   */
  seek(step: number, firstExample = 0): void {
    this.#place.seek(step, firstExample);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const x = oneTensor('Dropout', inputs);
    if (!training) return x;
    const mask = this.#mask(x.shape);
    this.#place.step++;
    return tf.tidy(() => tf.mul(x, tf.tensor(mask, x.shape)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }

  /** What each unit of a batch `[B, …]` is multiplied with. */
  #mask([batch = 0, ...unitShape]: number[]): Float32Array {
    const { step, firstExample } = this.#place;
    const units = tf.util.sizeFromShape(unitShape);
    const mask = new Float32Array(batch * units);
    const dropped = this.rate * 2 ** 32;
    const scale = 1 / (1 - this.rate);
    for (let row = 0; row < batch; row++) {
      const key = streamKey(this.seed, step, firstExample + row);
      for (let unit = 0; unit < units; unit++) {
        if (bitsAt(key, unit) >= dropped) mask[row * units + unit] = scale;
      }
    }
    return mask;
  }
}
tf.serialization.registerClass(Dropout);
