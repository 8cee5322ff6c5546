import * as tf from '@tensorflow/tfjs-core';
import { changeTensor } from '../augment/changeTensor.js';
import type { Dataset } from '../dataset.js';
import type { DeviceImages } from './DeviceImages.js';
import { packThrees } from './packBytes.js';
import { BYTES, type ValueTables } from './valueTables.js';

/** Images for any backend, by TensorFlow.js's own ops: three bytes a number. Right everywhere, and nowhere fast. */
export function composedImages(
  { images, labels, shape }: Dataset,
  { table, shifts }: ValueTables,
): DeviceImages {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const count = labels.length;
  const entries = BYTES * channels;
  const packed = packThrees(images, size);
  const words = tf.tensor2d(packed, [count, packed.length / count]);
  const parts = Array.from({ length: table.length / entries }, (_, part) =>
    tf.tensor1d(table.subarray(part * entries, (part + 1) * entries)),
  );
  const own = shifts && tf.tensor3d(shifts, [count, 2, channels]);
  /** Where the entries of each channel begin. */
  const begins = tf.tensor1d(Array.from({ length: channels }, (_, c) => c * BYTES));
  return {
    tensors: [words, ...parts, ...(own ? [own] : []), begins],
    take(indices, views) {
      const batch = indices.length;
      const which = tf.tensor1d(indices, 'int32');
      const bytes = tf.slice(unpacked(tf.gather(words, which)), 0, [batch, size]);
      const pixels = tf.reshape<tf.Rank.R4>(bytes, [batch, height, width, channels]);
      const at = tf.cast(tf.add(pixels, begins), 'int32');
      const looked = parts.map((part) => tf.gather<tf.Tensor>(part, at) as tf.Tensor4D);
      const shift = own && tf.split(tf.gather(own, which), 2, 1);
      const differences = shift
        ? looked.map((part, i) =>
            tf.sub<tf.Tensor4D>(part, tf.reshape(shift[i] as tf.Tensor, [batch, 1, 1, channels])),
          )
        : looked;
      const whole = differences.reduce((sum, part) => tf.add(sum, part));
      return views ? changeTensor(whole, { kind: 'move', views }) : whole;
    },
  };
}

/** The bytes of numbers that hold three each, `[B, n]` → `[B, 3 n]`. */
function unpacked(words: tf.Tensor2D): tf.Tensor2D {
  const upper = tf.floor(tf.mul(words, 1 / 65536));
  const lower = tf.sub(words, tf.mul(upper, 65536));
  const middle = tf.floor(tf.mul(lower, 1 / 256));
  const lowest = tf.sub(lower, tf.mul(middle, 256));
  const [batch, count] = words.shape;
  return tf.reshape(tf.stack([lowest, middle, upper], 2), [batch, 3 * count]);
}
