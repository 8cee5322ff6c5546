import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './checks.js';

/** Refuses batches of images that cannot have these boxes pasted. */
export function checkPaste(
  name: string,
  x1: tf.Tensor,
  x2: tf.Tensor,
  box: ArrayLike<number>,
): void {
  const [a, b] = [shapeText(x1), shapeText(x2)];
  if (a !== b || x1.rank !== 4) {
    throw new RangeError(
      `${name}: x1 and x2 must be images of one shape, [B, H, W, C], got x1 ${a} and x2 ${b}`,
    );
  }
  const [count = 0, height = 0, width = 0] = x1.shape;
  if (box.length !== 4 * count) {
    throw new RangeError(
      `${name}: box must be ${4 * count} numbers, four for each image, got ${box.length}`,
    );
  }
  for (let i = 0; i < count; i++) {
    const [top = 0, left = 0, bottom = 0, right = 0] = Array.from(
      { length: 4 },
      (_, k) => box[4 * i + k],
    );
    const fits =
      0 <= top && top <= bottom && bottom <= height && 0 <= left && left <= right && right <= width;
    if (!(fits && [top, left, bottom, right].every(Number.isInteger))) {
      throw new RangeError(
        `${name}: a box must lie in ${height} x ${width} pixels, got [${[top, left, bottom, right].join(', ')}] for image ${i}`,
      );
    }
  }
}

/** `x2` where the boxes are and `x1` elsewhere; no arithmetic touches a pixel. */
export function paste<T extends tf.Tensor>(x1: T, x2: T, box: ArrayLike<number>): T {
  const [, height = 0, width = 0] = x1.shape;
  const side = (k: number) =>
    tf.tensor(
      Array.from({ length: box.length / 4 }, (_, i) => box[4 * i + k] as number),
      [box.length / 4, 1, 1, 1],
    );
  const inside = (places: tf.Tensor, from: tf.Tensor, to: tf.Tensor) =>
    tf.logicalAnd(tf.greaterEqual(places, from), tf.less(places, to));
  const row = tf.reshape(tf.range(0, height), [1, height, 1, 1]);
  const column = tf.reshape(tf.range(0, width), [1, 1, width, 1]);
  const mask = tf.logicalAnd(inside(row, side(0), side(2)), inside(column, side(1), side(3)));
  return tf.where(mask, x2, x1) as T;
}
