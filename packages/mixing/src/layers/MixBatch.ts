import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { betweenClass } from '../betweenClass.js';
import { Mixer, type MixerConfig } from '../Mixer.js';

export interface MixBatchArgs extends Omit<MixerConfig, 'seed' | 'numClasses'> {
  /** Name of the layer. */
  name?: string;
  /** Where chance starts, a number: tfjs changes the letters of text when it saves. Default 0. */
  seed?: number;
}

/**
 * A {@link Mixer} as a layer: takes images and label rows, and gives both mixed in training. In evaluation
 * labels stay as they are and images lose their mean where the mixer's rules take it: what a BC+ model must be
 * fed is then part of the model. Then images alone will do, too.
 *
 * To pair classes it reads the labels at once, which webgpu cannot do: mix ahead of the model there.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { MixBatch } from '@bcl/mixing/layers';
 *
 * const layer = new MixBatch({ method: 'bc', ratio: 0.75 });
 * const images = tf.tensor2d([[4, 8], [0, 4]]);
 * const labels = tf.tensor2d([[1, 0], [0, 1]]);
 * layer.apply([images, labels], { training: true }); // => [[[3, 7], [1, 5]], [[0.75, 0.25], [0.25, 0.75]]]
 * layer.apply(images); // => [[4, 8], [0, 4]]
 * ```
 */
export class MixBatch extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclMixBatch';
  /** What mixes: set its `epoch`, and keep its `state()` with a checkpoint. */
  readonly mixer: Mixer;

  constructor({ name, ...options }: MixBatchArgs = {}) {
    super(name === undefined ? {} : { name });
    const { seed = 0 } = options;
    if (typeof seed !== 'number') {
      throw new TypeError(`MixBatch: seed must be a number, got ${JSON.stringify(seed)}`);
    }
    this.mixer = new Mixer(options);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return inputShape;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training }: { training?: boolean },
  ): tf.Tensor | tf.Tensor[] {
    const [images, labels] = Array.isArray(inputs) ? inputs : [inputs];
    if (!images) throw new Error('MixBatch: expected images and label rows, got nothing');
    if (!training) {
      const seen = this.mixer.takesMean
        ? betweenClass(images, images, 1, { zeroMean: true })
        : images;
      return labels ? [seen, labels] : seen;
    }
    if (labels?.rank !== 2) {
      throw new RangeError(
        `MixBatch: training needs label rows, [B, K], got ${labels ? `[${labels.shape.join(', ')}]` : 'none'}`,
      );
    }
    const mixed = this.mixer.mix(images, labels as tf.Tensor2D);
    return [mixed.images, mixed.labels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.mixer.getConfig() as tf.serialization.ConfigDict) };
  }
}
tf.serialization.registerClass(MixBatch);
