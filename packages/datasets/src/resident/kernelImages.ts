import * as tf from '@tensorflow/tfjs-core';
import { wholeView } from '../augment/views.js';
import type { Dataset } from '../dataset.js';
import type { DeviceImages } from './DeviceImages.js';
import { packFours } from './packBytes.js';
import { BYTES, type ValueTables } from './valueTables.js';

/** Name under which a backend may take images as one kernel; `@bcl/backends` registers such. */
export const TAKE_IMAGES = 'BclTakeImages';

/** Numbers that say what is shown of an image. */
const PLACE = 8;

/** Images for a backend with a kernel for them: four bytes a word, and a dispatch a batch. */
export function kernelImages(
  { images, shape }: Dataset,
  { table, shifts }: ValueTables,
): DeviceImages {
  const [height, width, channels] = shape;
  const entries = BYTES * channels;
  const held = {
    words: tf.tensor1d(packFours(images), 'int32'),
    table: tf.tensor2d(table, [table.length / entries, entries]),
    ...(shifts && {
      shifts: tf.tensor3d(shifts, [shifts.length / (2 * channels), 2, channels]),
    }),
  };
  return {
    tensors: Object.values(held),
    take(indices, views) {
      const [first = wholeView(0, height, width)] = views ?? [];
      const numbers = new Int32Array(PLACE * indices.length);
      indices.forEach((image, b) => {
        const { top, left, step, y0, y1, x0, x1 } = views?.[b] ?? first;
        numbers.set([image, top, left, step, y0, y1, x0, x1], PLACE * b);
      });
      const places = tf.tensor2d(numbers, [indices.length, PLACE]);
      return tf
        .engine()
        .runKernel<tf.Tensor4D>(
          TAKE_IMAGES,
          { ...held, places },
          { shape: [...shape], size: [first.height, first.width] },
        );
    },
  };
}
