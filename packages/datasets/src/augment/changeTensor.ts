import * as tf from '@tensorflow/tfjs-core';
import type { Change, Move, Patch, Resample, Shift } from './change.js';
import { bilinearWeights } from './weights.js';

/** Makes a change to images `[B, H, W, C]`, which are kept; the result is the caller's. */
export function changeTensor(images: tf.Tensor4D, change: Change): tf.Tensor4D {
  return tf.tidy(() => {
    switch (change.kind) {
      case 'move':
        return moveTensor(images, change);
      case 'resample':
        return resampleTensor(images, change);
      case 'shift':
        return shiftTensor(images, change);
      case 'patch':
        return patchTensor(images, change);
    }
  });
}

/** One gather over all pixels of all images, whatever is moved where; a pixel of zeros stands behind the last. */
function moveTensor(images: tf.Tensor4D, { views }: Move): tf.Tensor4D {
  const [count, height, width, channels] = images.shape;
  const { height: rows, width: columns } = views[0] ?? { height, width };
  const zero = count * height * width;
  const from = new Int32Array(views.length * rows * columns).fill(zero);
  views.forEach(({ image, top, left, step, y0, y1, x0, x1 }, n) => {
    for (let y = y0; y < y1; y++) {
      const row = (image * height + top + y) * width + left;
      const to = (n * rows + y) * columns;
      for (let x = x0; x < x1; x++) from[to + x] = row + step * x;
    }
  });
  const pixels = tf.reshape(images, [-1, channels]);
  const withZero = tf.concat([pixels, tf.zeros([1, channels], images.dtype)]);
  const moved = tf.gather(withZero, tf.tensor1d(from, 'int32'));
  return tf.reshape(moved, [views.length, rows, columns, channels]);
}

/** Two products with matrices of weights, along the rows and down the columns. */
function resampleTensor(images: tf.Tensor4D, { boxes, size }: Resample): tf.Tensor4D {
  const [count, height, width, channels] = images.shape;
  const [rows, columns] = size;
  const down = weightMatrices(
    boxes.map((box) => [box.top, box.height]),
    height,
    rows,
  );
  const along = weightMatrices(
    boxes.map((box) => [box.left, box.width]),
    width,
    columns,
  );
  const x = tf.reshape(tf.cast(images, 'float32'), [count, height, width * channels]);
  const lower = tf.reshape(tf.matMul(down, x), [count, rows, width, channels]);
  const turned = tf.reshape(tf.transpose(lower, [0, 2, 1, 3]), [count, width, rows * channels]);
  const narrow = tf.matMul(along, turned);
  const narrower = tf.reshape<tf.Rank.R4>(narrow, [count, columns, rows, channels]);
  return tf.transpose<tf.Tensor4D>(narrower, [0, 2, 1, 3]);
}

/** `[B, size, length]`: what each pixel of the new side takes from the old one, whose part begins and is so long. */
function weightMatrices(
  parts: readonly (readonly [begin: number, part: number])[],
  length: number,
  size: number,
): tf.Tensor3D {
  const matrices = new Float32Array(parts.length * size * length);
  parts.forEach(([begin, part], b) => {
    const { first, counts, shares, taps } = bilinearWeights(part, size);
    for (let i = 0; i < size; i++) {
      const at = (b * size + i) * length + begin + (first[i] as number);
      const count = counts[i] as number;
      matrices.set(shares.subarray(i * taps, i * taps + count), at);
    }
  });
  return tf.tensor3d(matrices, [parts.length, size, length]);
}

function shiftTensor(images: tf.Tensor4D, { colors }: Shift): tf.Tensor4D {
  const [count, , , channels] = images.shape;
  return tf.add(images, tf.tensor4d(colors, [count, 1, 1, channels]));
}

function patchTensor(images: tf.Tensor4D, { boxes, values }: Patch): tf.Tensor4D {
  const [count, height, width, channels] = images.shape;
  const mask = new Uint8Array(count * height * width);
  const plain = values.length === channels;
  const fill = plain ? values : new Float32Array(mask.length * channels);
  let next = 0;
  boxes.forEach((box, b) => {
    for (let y = box.top; y < box.top + box.height; y++) {
      const row = (b * height + y) * width + box.left;
      mask.fill(1, row, row + box.width);
      if (plain) continue;
      const part = box.width * channels;
      fill.set(values.subarray(next, next + part), row * channels);
      next += part;
    }
  });
  const shape: [number, number, number, number] = plain
    ? [1, 1, 1, channels]
    : [count, height, width, channels];
  const paint = tf.tensor4d(fill, shape);
  const painted = images.dtype === 'float32' ? paint : tf.cast(tf.round(paint), images.dtype);
  return tf.where(tf.tensor4d(mask, [count, height, width, 1], 'bool'), painted, images);
}
