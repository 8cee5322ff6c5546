import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { BetweenClassOptions } from '../betweenClass.js';
import type { Draw } from '../drawPairs.js';
import { type MethodPlan, type MixMethod, methodPlan } from '../methods.js';
import { checkDraw, mixByDraw } from '../mixByDraw.js';

export interface MixAtArgs {
  /** Name of the layer. */
  name?: string;
  /**
   * How activations are mixed: `'bc'`, `'bc+'` or settings of `betweenClass`. Default `'bc'`, which the paper
   * uses at depth.
   */
  method?: MixMethod | BetweenClassOptions;
}

/**
 * Mixes the activations that pass it, in training, by the draw that it was given last: the one that mixes
 * the labels. Where it stands is where examples are mixed: behind the input, or as deep as you like. Put in
 * several and give each batch's draw to one of them for manifold mixup. In evaluation nothing happens.
 *
 * The draw comes from outside since the labels, and whoever mixes them, are outside the model: draw, give it
 * to the layer with `use`, take the step.
 *
 * The paper finds that mixing behind the first pooling layer or the input helps, and deeper in it does not.
 *
 * @throws RangeError when the method pastes boxes.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { Mixer } from '@bcl/mixing';
 * import { MixAt } from '@bcl/mixing/layers';
 *
 * const mixer = new Mixer({ method: 'bc', ratio: 0.75, numClasses: 2 });
 * const mixAt = new MixAt({ method: 'bc' });
 * const draw = mixer.draw([0, 1]);
 * mixAt.use(draw);
 * const x = tf.tensor2d([[4, 8], [0, 4]]);
 * mixAt.apply(x, { training: true }); // => [[3, 7], [1, 5]]
 * mixer.applyLabels([0, 1], draw); // => [[0.75, 0.25], [0.25, 0.75]]
 * mixAt.apply(x); // => [[4, 8], [0, 4]]
 * ```
 *
 * @see Tokozume, Ushiku, Harada, arXiv:1711.10284, section 4.3, "Where to mix"; Verma et al., "Manifold
 * Mixup", arXiv:1806.05236.
 */
export class MixAt extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclMixAt';
  readonly method: MixMethod | BetweenClassOptions;
  readonly #plan: MethodPlan;
  #draw: Draw | null | undefined;

  constructor({ method = 'bc', ...args }: MixAtArgs = {}) {
    super(args);
    this.method = method;
    this.#plan = methodPlan('MixAt', method);
    if (this.#plan.paste) {
      throw new RangeError(
        `MixAt: method must be bc, bc+ or settings of betweenClass, got '${method}', which pastes boxes of images`,
      );
    }
  }

  /** The draw for the training calls that follow; null to leave their examples as they are. */
  use(draw: Draw | null): void {
    this.#draw = draw;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [x, more] = Array.isArray(inputs) ? inputs : [inputs];
    if (!x || more) throw new Error('MixAt: expected one input, got another number');
    if (!training) return x;
    const draw = this.#draw;
    if (draw === undefined) {
      throw new Error(
        'MixAt: training needs a draw, got none; call use(draw) before each step, or use(null) not to mix',
      );
    }
    if (!draw) return x;
    checkDraw('MixAt', x, draw, this.#plan);
    if (draw.first) {
      throw new RangeError('MixAt: a draw within the batch is needed, got one from a whole set');
    }
    return tf.tidy(() => mixByDraw(x, draw, this.#plan));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { method } = this;
    return { ...super.getConfig(), method: typeof method === 'object' ? { ...method } : method };
  }
}
tf.serialization.registerClass(MixAt);
