import type { Preprocessing } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Loss } from '../training/Loss.js';
import type { Slope } from './Attack.js';

/**
 * The gradient of the loss of each image with respect to its raw pixels, in evaluation: through the
 * model and through the normalisation, the loss of the image's own mean under `bc+` included.
 *
 * @param labels Label rows `[B, K]` of the images.
 */
export function slopeOf(
  { model, loss, preprocessing }: { model: LayersModel; loss: Loss; preprocessing: Preprocessing },
  labels: tf.Tensor,
): Slope {
  return (images) => {
    // No image changes the loss of another, so the gradient of their sum is that of each.
    const total = (x: tf.Tensor) => {
      const logits = model.apply(preprocessing.normalize(x), { training: false }) as tf.Tensor;
      return tf.mul<tf.Scalar>(tf.mean(loss(labels, logits)), images.shape[0]);
    };
    return tf.grad(total)(images) as tf.Tensor4D;
  };
}
