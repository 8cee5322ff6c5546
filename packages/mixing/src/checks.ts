import type * as tf from '@tensorflow/tfjs-core';
import { checkRatio, type Ratio } from './ratio.js';

/** Refuses two batches that cannot be mixed; `x` is what the function calls them, x1 and x2. */
export function checkMix(
  name: string,
  first: tf.Tensor,
  second: tf.Tensor,
  ratio: Ratio,
  x = 'x',
): void {
  const [a, b] = [shapeText(first), shapeText(second)];
  if (a !== b) {
    throw new RangeError(
      `${name}: ${x}1 and ${x}2 must have one shape, got ${x}1 ${a} and ${x}2 ${b}`,
    );
  }
  if (first.rank < 2) {
    throw new RangeError(
      `${name}: ${x}1 and ${x}2 must be batches, [B, …], got ${a}; add the batch axis with tf.expandDims`,
    );
  }
  checkRatio(name, ratio, first.shape[0] as number);
}

/** Refuses batches of which there is none, or not one shape of rank 2 or more. */
export function checkSameShapes(name: string, batches: readonly tf.Tensor[]): void {
  const shapes = batches.map(shapeText);
  if (shapes.length === 0 || new Set(shapes).size > 1) {
    throw new RangeError(
      `${name}: batches of one shape are needed, got ${shapes.join(' and ') || 'none'}`,
    );
  }
  if ((batches[0] as tf.Tensor).rank < 2) {
    throw new RangeError(
      `${name}: all must be batches, [B, …], got ${shapes[0]}; add the batch axis with tf.expandDims`,
    );
  }
}

/** A shape as our messages write it, `[2, 4, 4, 3]`. */
export function shapeText({ shape }: tf.Tensor): string {
  return `[${shape.join(', ')}]`;
}
