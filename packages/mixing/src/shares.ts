import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './checks.js';

/** The share of each example in each mix, rows that sum to 1, `[B, n]`. */
export type Shares = ReadonlyArray<ArrayLike<number>> | tf.Tensor2D;

/** How far from 1 float32 shares may sum. */
const TOLERANCE = 1e-3;

/** Refuses shares of the wrong shape or, where reading them is free, rows that do not sum to 1. */
export function checkShares(name: string, shares: Shares, count: number, n: number): void {
  if (shares instanceof tf.Tensor) {
    if (shares.rank !== 2 || shares.shape[0] !== count || shares.shape[1] !== n) {
      throw new RangeError(`${name}: shares must be [${count}, ${n}], got ${shapeText(shares)}`);
    }
    return;
  }
  if (shares.length !== count) {
    throw new RangeError(
      `${name}: shares must be ${count} rows, one for each example, got ${shares.length}`,
    );
  }
  shares.forEach((row, b) => {
    const values = Array.from(row);
    const sum = values.reduce((total, share) => total + share, 0);
    if (values.length !== n || !values.every((share) => share >= 0) || !near(sum, 1)) {
      throw new RangeError(
        `${name}: shares must be rows of ${n} numbers from 0 up that sum to 1, got [${values.join(', ')}] at ${b}`,
      );
    }
  });
}

/** The shares as n columns, `[B, 1]` each, to be spread over flattened examples. */
export function shareColumns(shares: Shares, n: number): tf.Tensor2D[] {
  if (shares instanceof tf.Tensor) {
    return tf.split<tf.Tensor2D>(tf.cast(shares, 'float32'), n, 1);
  }
  return Array.from({ length: n }, (_, i) =>
    tf.tensor2d(
      Float32Array.from(shares, (row) => row[i] as number),
      [shares.length, 1],
    ),
  );
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE;
}
