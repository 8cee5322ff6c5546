import type * as tf from '@tensorflow/tfjs-core';
import type { View } from '../augment/change.js';

/** Images of a data set that a backend holds. */
export interface DeviceImages {
  /** The tensors that hold them. */
  readonly tensors: readonly tf.Tensor[];
  /**
   * Prepares some of them; to be called within a tidy.
   *
   * @param indices Which, `[B]`; trusted.
   * @param views What is shown of each, all of one size; without them each is shown whole.
   * @returns `[B, H, W, C]` float32.
   */
  take(indices: Int32Array, views: readonly View[] | undefined): tf.Tensor4D;
}
