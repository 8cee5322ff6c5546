import * as tf from '@tensorflow/tfjs-core';

/** How two branches are mixed, for each image: shares of the first, from 0 to 1. */
export interface ShakeDraw {
  /** On the way forward, `[B]`. */
  alpha: Float32Array;
  /** On the way back, `[B]`. */
  beta: Float32Array;
}

/**
 * The sum of a shake-shake block,
 *
 *     y = skip + α · x1 + (1 - α) · x2,
 *
 * whose gradient is not its derivative: what comes back, `dy`, goes on as `dy` to the skip, as `β · dy` to the first branch and as
 * `(1 - β) · dy` to the second, with a β of its own.
 *
 * @param skip, x1, x2 `[B, …]`, of one shape.
 * @returns A tensor of that shape, owned by the caller.
 *
 * @see Gastaldi, "Shake-Shake regularization", arXiv:1705.07485; the author's code, xgastaldi/shake-shake, models/shakeshakeblock.lua.
 */
export function shakeBranches<T extends tf.Tensor>(
  skip: T,
  x1: T,
  x2: T,
  { alpha, beta }: ShakeDraw,
): T {
  const op = tf.customGrad(() => ({
    value: tf.add(skip, mixed(x1, x2, alpha)),
    gradFunc: (dy: tf.Tensor) => [
      tf.clone(dy),
      tf.mul(dy, column(beta, dy)),
      tf.mul(
        dy,
        column(
          beta.map((b) => 1 - b),
          dy,
        ),
      ),
    ],
  }));
  return op(skip, x1, x2) as T;
}

function mixed(x1: tf.Tensor, x2: tf.Tensor, alpha: Float32Array): tf.Tensor {
  return tf.add(
    tf.mul(x1, column(alpha, x1)),
    tf.mul(
      x2,
      column(
        alpha.map((a) => 1 - a),
        x2,
      ),
    ),
  );
}

/** One number an image, `[B, 1, …]`, beside a batch `x`. */
function column(values: Float32Array, x: tf.Tensor): tf.Tensor {
  return tf.tensor(values, [values.length, ...new Array<number>(x.rank - 1).fill(1)]);
}
