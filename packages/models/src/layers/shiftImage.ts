import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { oneTensor } from './single.js';

/**
 * Moves images `[B, H, W, C]` one pixel down and right: zeros come in at the top and the left, the last row and column go. What the
 * second path of a shake-shake shortcut looks at, so that it sees the pixels that a stride of 2 has the first one skip.
 */
export class ShiftImage extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclShiftImage';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = oneTensor('ShiftImage', inputs) as tf.Tensor4D;
    const [batch, height, width, channels] = x.shape;
    return tf.tidy(() => {
      const kept = tf.slice(x, [0, 0, 0, 0], [batch, height - 1, width - 1, channels]);
      return tf.pad(kept, [
        [0, 0],
        [1, 0],
        [1, 0],
        [0, 0],
      ]);
    });
  }
}
tf.serialization.registerClass(ShiftImage);
