import { flip, padCrop } from '@bcl/datasets';
import type { SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';

/** How training images are varied before they are mixed. */
export interface AugmentOptions {
  /** Pixels of zero border that a crop of the image's own size may reach into; 0 for no crop. */
  padding: number;
  /** Whether to mirror every second image, by chance, left to right. */
  flip: boolean;
}

/** Images, varied; those that came in are disposed, unless they are the same. */
export function augmented(
  images: tf.Tensor4D,
  augment: AugmentOptions | false,
  random: SeededRandom,
): tf.Tensor4D {
  if (!augment) return images;
  const { padding, flip: mirror } = augment;
  const varied = tf.tidy(() => {
    const flipped = mirror ? flip(images, { random: random.stream('flip') }) : images;
    return padding > 0 ? padCrop(flipped, { padding, random: random.stream('crop') }) : flipped;
  });
  if (varied !== images) images.dispose();
  return varied;
}
