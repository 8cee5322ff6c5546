import * as tf from '@tensorflow/tfjs-core';

/** Stands for a black pixel: zero in every channel. */
export const NO_PIXEL = -1;

/**
 * The batch whose pixel i is pixel `from[i]` of `images`, or zero at {@link NO_PIXEL}: one gather
 * over all pixels of all images, whatever is moved where.
 *
 * @param images `[B, H, W, C]`; kept.
 * @param from Index of a pixel among the `B · H · W` of the batch, for each of them.
 */
export function gatherPixels(images: tf.Tensor4D, from: Int32Array): tf.Tensor4D {
  const channels = images.shape[3];
  return tf.tidy(() => {
    const pixels = tf.reshape(images, [-1, channels]);
    const zero = pixels.shape[0] as number;
    const index = from.map((pixel) => (pixel === NO_PIXEL ? zero : pixel));
    const withZero = tf.concat([pixels, tf.zeros([1, channels], images.dtype)]);
    return tf.reshape<tf.Rank.R4>(tf.gather(withZero, tf.tensor1d(index, 'int32')), images.shape);
  });
}

/** Refuses what is no `[B, H, W, C]`, or holds another number of images than the plan was drawn for. */
export function checkImageBatch(caller: string, images: tf.Tensor4D, planned?: number): void {
  if (images.rank !== 4) {
    throw new RangeError(
      `${caller}: images must be [B, H, W, C], got [${images.shape.join(', ')}]`,
    );
  }
  if (planned !== undefined && images.shape[0] !== planned) {
    throw new RangeError(
      `${caller}: the plan is for ${planned} images, got ${images.shape[0]}; draw one for this batch`,
    );
  }
}
