import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { oneShape, oneTensor } from './single.js';

/** Repeats each channel at its own place, `[B, …, C]` to `[B, …, 2 · C]`: a shortcut without weights to a block twice as wide. */
export class RepeatChannels extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclRepeatChannels';

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = oneShape('RepeatChannels', inputShape);
    return [...shape.slice(0, -1), (shape.at(-1) as number) * 2];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = oneTensor('RepeatChannels', inputs);
    const shape = [...x.shape.slice(0, -1), (x.shape.at(-1) as number) * 2];
    return tf.tidy(() => tf.reshape(tf.stack([x, x], x.rank), shape));
  }
}
tf.serialization.registerClass(RepeatChannels);
