import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { bitsAt, streamKey } from '../counterHash.js';
import { checkSeed, Place } from './place.js';
import { type ShakeDraw, shakeBranches } from './shakeBranches.js';

export interface ShakeShakeArgs {
  /** Name of the layer. */
  name?: string;
  /** Where the shares of the forward pass come from in training; 'shake' unless told. */
  forward?: 'shake' | 'even';
  /** Where those of the gradient come from: drawn anew, ½, or those of the forward pass; 'shake' unless told. */
  backward?: 'shake' | 'even' | 'keep';
  /** Whether each image gets a draw of its own or the batch one for all; 'image' unless told. */
  level?: 'image' | 'batch';
  /** Selects the draws; layers of one network want different ones. 0 unless told. */
  seed?: number;
}

const rules = {
  forward: ['shake', 'even'],
  backward: ['shake', 'even', 'keep'],
  level: ['image', 'batch'],
} as const;

/**
 * The sum that ends a shake-shake block: of `[skip, branch1, branch2]` it makes `skip + α · branch1 + (1 - α) · branch2`.
 *
 * | rule | forward | on the way back |
 * | --- | --- | --- |
 * | `'shake'` | α drawn evenly from 0 to 1 | β drawn evenly from 0 to 1, apart from α |
 * | `'even'` | α = ½ | β = ½ |
 * | `'keep'` | | β = α |
 *
 * In evaluation α is ½. The networks of the paper are named by these rules: S-S-I is `shake`, `shake`, `image`, S-E-B is
 * `shake`, `even`, `batch`.
 *
 * The draws depend on seed, training step and number of the example in the batch alone, as the masks of `Dropout` do: the same on
 * every backend, in a resumed run, and however a batch is split over workers, each of which says where it is with `seek`.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { ShakeShake } from '@bcl/models';
 *
 * const layer = new ShakeShake({ seed: 1 });
 * const branches = [tf.tensor2d([[1]]), tf.tensor2d([[2]]), tf.tensor2d([[4]])];
 * (layer.apply(branches) as tf.Tensor).dataSync(); // => [4]
 *
 * const { alpha } = layer.draw(1);
 * const y = layer.apply(branches, { training: true }) as tf.Tensor;
 * y.dataSync(); // => [Math.fround(1 + 2 * alpha[0] + 4 * (1 - alpha[0]))]
 * ```
 */
export class ShakeShake extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclShakeShake';
  readonly forward: 'shake' | 'even';
  readonly backward: 'shake' | 'even' | 'keep';
  readonly level: 'image' | 'batch';
  readonly seed: number;
  readonly #place = new Place('ShakeShake');

  constructor(args: ShakeShakeArgs = {}) {
    super(args);
    this.forward = args.forward ?? 'shake';
    this.backward = args.backward ?? 'shake';
    this.level = args.level ?? 'image';
    this.seed = args.seed ?? 0;
    for (const [name, allowed] of Object.entries(rules)) {
      const value = this[name as keyof typeof rules];
      if (!(allowed as readonly string[]).includes(value)) {
        throw new RangeError(
          `ShakeShake: ${name} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`,
        );
      }
    }
    checkSeed('ShakeShake', this.seed);
  }

  /**
   * Says which draws the next training call uses.
   *
   * @param step Training steps before it, from 0.
   * @param firstExample Number, within the whole batch, of the first example this layer will see.
   */
  seek(step: number, firstExample = 0): void {
    this.#place.seek(step, firstExample);
  }

  /** The shares that the next training call uses for a batch of this size. */
  draw(batch: number): ShakeDraw {
    const alpha = new Float32Array(batch).fill(0.5);
    const beta = new Float32Array(batch).fill(0.5);
    const { step, firstExample } = this.#place;
    for (let i = 0; i < batch; i++) {
      const place = this.level === 'image' ? [step, firstExample + i] : [step];
      const key = streamKey(this.seed, ...place);
      if (this.forward === 'shake') alpha[i] = bitsAt(key, 0) / 2 ** 32;
      if (this.backward === 'shake') beta[i] = bitsAt(key, 1) / 2 ** 32;
    }
    return { alpha, beta: this.backward === 'keep' ? alpha : beta };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return this.#shapes(inputShape)[0] as Shape;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.#shapes(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [skip, x1, x2] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    if (!training) return tf.tidy(() => tf.add(skip, tf.mul(tf.add(x1, x2), 0.5)));
    const draw = this.draw(skip.shape[0] ?? 0);
    this.#place.step++;
    return tf.tidy(() => shakeBranches(skip, x1, x2, draw));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { forward, backward, level, seed } = this;
    return { ...super.getConfig(), forward, backward, level, seed };
  }

  /** Shapes of the three inputs, once they are known to agree. */
  #shapes(inputShape: Shape | Shape[]): Shape[] {
    const shapes = Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
    const [first] = shapes;
    if (shapes.length !== 3 || shapes.some((shape) => shape.join() !== first?.join())) {
      throw new RangeError(
        `ShakeShake: inputs must be skip and two branches of one shape, got ${shapes.map((shape) => `[${shape.join(', ')}]`).join(', ')}`,
      );
    }
    return shapes;
  }
}
tf.serialization.registerClass(ShakeShake);
