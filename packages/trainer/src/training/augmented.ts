import { type Augmentation, compose, type Preprocessing } from '@bcl/datasets';
import type { SeededRandom } from '@bcl/random';
import type * as tf from '@tensorflow/tfjs-core';

/** How training images are varied before they are mixed. */
export interface AugmentOptions {
  /** Pixels of zero border that a crop of the image's own size may reach into; 0 for no crop. */
  padding: number;
  /** Whether to mirror every second image, by chance, left to right. */
  flip: boolean;
}

/** What it means, as steps of a batch; `undefined` for nothing. */
function augmentation(augment: AugmentOptions | false): Augmentation | undefined {
  if (!augment || !(augment.flip || augment.padding > 0)) return undefined;
  const { padding, flip } = augment;
  return compose([
    ...(flip ? [{ step: 'flip' } as const] : []),
    ...(padding > 0 ? [{ step: 'padCrop', padding } as const] : []),
  ]);
}

/** Training images brought to the model's size as test images are, and then varied; `undefined` where only the first is done. */
export function trainingSteps(
  { evaluation }: Preprocessing,
  augment: AugmentOptions | false,
): Augmentation | undefined {
  const varied = augmentation(augment);
  return varied && compose([...evaluation.steps, ...varied.steps]);
}

/** Images, varied; those that came in are disposed, unless they are the same. */
export function augmented(
  images: tf.Tensor4D,
  augment: AugmentOptions | false,
  random: SeededRandom,
): tf.Tensor4D {
  const steps = augmentation(augment);
  if (!steps) return images;
  const varied = steps.augment(images, random);
  images.dispose();
  return varied;
}
