import * as tf from '@tensorflow/tfjs-core';

/** A batch as rows, one example each, `[B, n]`. */
export function asRows(x: tf.Tensor): tf.Tensor2D {
  const [count = 0, ...rest] = x.shape;
  return tf.reshape(x, [count, rest.reduce((n, side) => n * side, 1)]);
}

/**
 * Each row less its own mean, `[B, n]`. Its first value goes first, so that a flat row ends as
 * exact zeros: the mean of n equal float32 numbers is not always that number.
 */
export function centred(rows: tf.Tensor2D): tf.Tensor2D {
  const fromFirst = tf.sub<tf.Tensor2D>(rows, tf.slice(rows, 0, [-1, 1]));
  return tf.sub(fromFirst, tf.mean(fromFirst, 1, true));
}

/**
 * Population standard deviation of each centred row, `[B, 1]`; 0 for a flat row, with a gradient
 * of 0 there, where the root's own is infinite.
 */
export function spread(centredRows: tf.Tensor2D): tf.Tensor2D {
  const variance = tf.mean<tf.Tensor2D>(tf.square(centredRows), 1, true);
  return tf.mul(tf.sqrt(tf.add(variance, isZero(variance))), tf.step(variance));
}

/**
 * 1 where `x`, which is never negative, is 0, and 0 elsewhere. Added to what divides or is rooted,
 * it does the work of `tf.where`, whose condition tfjs cannot differentiate; this has gradient 0.
 */
function isZero(x: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(1, tf.step(x));
}

/**
 * Shares p and q = 1 − p that make two waves of spread σ1 and σ2 sound as r to 1 − r,
 *
 *     p = r σ2 / (r σ2 + (1 − r) σ1),   q = (1 − r) σ1 / (r σ2 + (1 − r) σ1),
 *
 * all `[B, 1]`. Neither r nor a σ divides, and 0/0 is r: where there is no wave, nothing is heard of
 * it, and the share of pixels is all that is left. q has its own quotient because 1 − p has no
 * digits left where σ2 is a million times σ1. Both σ are taken relative to the larger one, so that
 * their products neither overflow nor vanish.
 */
export function balanced(
  r: tf.Tensor2D,
  std1: tf.Tensor2D,
  std2: tf.Tensor2D,
): [p: tf.Tensor2D, q: tf.Tensor2D] {
  const larger = tf.maximum<tf.Tensor2D>(std1, std2);
  const unit = tf.add<tf.Tensor2D>(larger, isZero(larger));
  const rest = tf.sub<tf.Tensor2D>(1, r);
  const part1 = tf.mul<tf.Tensor2D>(r, tf.div(std2, unit));
  const part2 = tf.mul<tf.Tensor2D>(rest, tf.div(std1, unit));
  const whole = tf.add<tf.Tensor2D>(part1, part2);
  const neither = isZero(whole);
  const divisor = tf.add<tf.Tensor2D>(whole, neither);
  return [
    tf.div(tf.add(part1, tf.mul(neither, r)), divisor),
    tf.div(tf.add(part2, tf.mul(neither, rest)), divisor),
  ];
}

/**
 * {@link balanced} for any number of waves: shares pi ∝ ri / σi that sum to 1, all `[B, 1]`. Each σ is
 * taken relative to the smallest of a share above 0, so that nothing divides by 0: where that one is 0,
 * the flat examples have the whole, each its share among them.
 */
export function balancedMany(r: tf.Tensor2D[], stds: tf.Tensor2D[]): tf.Tensor2D[] {
  const largest = stds.reduce((a, b) => tf.maximum(a, b));
  const smallest = stds
    .map((std, i) => {
      const mixed = tf.step(r[i] as tf.Tensor2D);
      return tf.add<tf.Tensor2D>(tf.mul(mixed, std), tf.mul(tf.sub(1, mixed), largest));
    })
    .reduce((a, b) => tf.minimum(a, b));
  const parts = stds.map((std, i) => {
    const flat = isZero(std);
    const weight = tf.div(tf.add(smallest, flat), tf.add(std, flat));
    // An example of share 0 may have any σ; the bound keeps its weight a number.
    return tf.mul<tf.Tensor2D>(r[i] as tf.Tensor2D, tf.minimum(weight, 1));
  });
  const whole = tf.addN(parts);
  return parts.map((part) => tf.div(part, whole));
}
