import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { oneShape, oneTensor } from './single.js';

export interface PadChannelsArgs {
  /** Name of the layer. */
  name?: string;
  /** Channels of zeros before the first and after the last. */
  padding: number;
}

/** Puts channels of zeros on both sides, `[B, …, C]` to `[B, …, C + 2 · padding]`: a shortcut without weights to a wider block. */
export class PadChannels extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclPadChannels';
  readonly padding: number;

  constructor(args: PadChannelsArgs) {
    super(args);
    this.padding = args.padding;
    if (!Number.isInteger(this.padding) || this.padding < 0) {
      throw new RangeError(
        `PadChannels: padding must be an integer of at least 0, got ${this.padding}`,
      );
    }
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = oneShape('PadChannels', inputShape);
    return [...shape.slice(0, -1), (shape.at(-1) as number) + 2 * this.padding];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = oneTensor('PadChannels', inputs);
    const sides = x.shape.map((_, axis): [number, number] =>
      axis === x.rank - 1 ? [this.padding, this.padding] : [0, 0],
    );
    return tf.pad(x, sides);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: this.padding };
  }
}
tf.serialization.registerClass(PadChannels);
