import * as tf from '@tensorflow/tfjs-core';
import { checkSetting } from '../checkSetting.js';

/** The gradient of the loss of each image with respect to its pixels; both `[B, H, W, C]`, pixels 0..255. */
export type Slope = (images: tf.Tensor4D) => tf.Tensor4D;

/**
 * Changes images so that a model errs on them.
 *
 * @param images Raw pixels 0..255, `[B, H, W, C]`; kept.
 * @param slope The way in which the loss of each grows.
 * @returns Pixels 0..255, no further than ε from those given; not rounded to whole numbers.
 */
export interface Attack {
  (images: tf.Tensor4D, slope: Slope): tf.Tensor4D;
  readonly config: AttackConfig;
}

/** How an attack was made; plain JSON. */
export type AttackConfig =
  | { readonly name: 'fgsm'; readonly epsilon: number }
  | {
      readonly name: 'pgd';
      readonly epsilon: number;
      readonly steps: number;
      readonly stepSize: number;
      readonly randomStart: boolean;
    };

/** Refuses a distance that is not one of pixels 0..1, such as 8 for 8/255. */
export function checkDistance(caller: string, name: string, value: number): void {
  const rule = 'from 0 to 1, as 2/255';
  checkSetting(caller, name, value, value >= 0 && value <= 1, rule);
}

/** Images moved by `by` grey levels along the sign of a slope. */
export function along(images: tf.Tensor4D, slope: tf.Tensor4D, by: number): tf.Tensor4D {
  return tf.add(images, tf.mul(tf.sign(slope), by));
}

/** The images nearest to those given that are within `by` grey levels of `around` and within 0..255. */
export function within(images: tf.Tensor4D, around: tf.Tensor4D, by: number): tf.Tensor4D {
  const low = tf.maximum(tf.sub(around, by), 0);
  const high = tf.minimum(tf.add(around, by), 255);
  return tf.minimum(tf.maximum(images, low), high);
}
