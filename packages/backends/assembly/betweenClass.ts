/**
 * Mixes two batches of examples as between-class learning does: `BclBetweenClass`, documented beside its TypeScript half.
 *
 * What decides the shares (means, standard deviations, p and q) is worked out in float64; the examples themselves in float32.
 */
import { F32, madd, QUAD } from './simd';

/** What is kept of each example, float64: its first value, the mean of the others less that, and its standard deviation. */
const FIRST: usize = 0;
const MEAN: usize = 8;
const SPREAD: usize = 16;
const MOMENTS: usize = 24;

/** Elements that are summed in float32 before they join a float64 total: 16 in each of 16 lanes. */
const BLOCK = 256;

/**
 * Mean and population standard deviation of each example. The first value goes first, so that a flat example has a spread of
 * exactly 0: the mean of equal float32 numbers is not always that number.
 *
 * @param x `[batch, count]`.
 * @param to `[batch][3]` float64, overwritten.
 */
export function waveMoments(x: usize, to: usize, batch: i32, count: i32): void {
  for (let example = 0; example < batch; example++) {
    const first = load<f32>(x);
    const mean = sum(x, count, first) / <f64>count;
    store<f64>(to + FIRST, <f64>first);
    store<f64>(to + MEAN, mean);
    store<f64>(to + SPREAD, Math.sqrt(sumOfSquares(x, count, first, <f32>mean) / <f64>count));
    x += <usize>count << 2;
    to += MOMENTS;
  }
}

/**
 * y = p (x1 − μ1) + q (x2 − μ2), both divided by sqrt(p² + q²) with `keepEnergy`; no μ without `zeroMean`, and p = r, q = 1 − r
 * without `balance`.
 *
 * @param x1 `[batch, count]`.
 * @param x2 `[·, count]`.
 * @param partner Index among x2 for each of x1, `[batch]` 32-bit integers; 0 where they go in step.
 * @param ratio r, `[batch]`.
 * @param moments1 What `waveMoments` found of x1; not read where neither `zeroMean` nor `balance` is set. `moments2` likewise.
 * @param y `[batch, count]`, overwritten.
 */
export function betweenClass(
  x1: usize, x2: usize, partner: usize, ratio: usize, moments1: usize, moments2: usize, y: usize, batch: i32, count: i32,
  zeroMean: i32, keepEnergy: i32, balance: i32,
): void {
  const step = <usize>count << 2;
  for (let example = 0; example < batch; example++) {
    const second = partner ? load<i32>(partner + (<usize>example << 2)) : example;
    const one = moments1 + <usize>example * MOMENTS;
    const two = moments2 + <usize>second * MOMENTS;
    let p = <f64>load<f32>(ratio + (<usize>example << 2));
    let q = 1.0 - p;
    if (balance) {
      const spread1 = load<f64>(one + SPREAD), spread2 = load<f64>(two + SPREAD);
      const larger = max(spread1, spread2);
      const unit = larger == 0 ? 1 : larger;
      const part1 = p * (spread2 / unit), part2 = q * (spread1 / unit);
      const whole = part1 + part2;
      // 0/0 is r: where there is no wave, the share of pixels is all that is left.
      if (whole != 0) {
        p = part1 / whole;
        q = part2 / whole;
      }
    }
    if (keepEnergy) {
      const norm = Math.sqrt(p * p + q * q);
      p /= norm;
      q /= norm;
    }
    const from = x2 + <usize>second * step;
    if (zeroMean) {
      addCentred(
        x1, from, y, count, <f32>p, <f32>q,
        <f32>load<f64>(one + FIRST), <f32>load<f64>(one + MEAN), <f32>load<f64>(two + FIRST), <f32>load<f64>(two + MEAN),
      );
    } else {
      add(x1, from, y, count, <f32>p, <f32>q);
    }
    x1 += step;
    y += step;
  }
}

/** Σ (x − first). */
function sum(x: usize, count: i32, first: f32): f64 {
  const f = f32x4.splat(first);
  const whole = count & ~15;
  let total = f64x2.splat(0);
  let i = 0;
  while (i < whole) {
    const end = min(whole, i + BLOCK);
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
    for (; i < end; i += 16) {
      a = f32x4.add(a, f32x4.sub(v128.load(x), f));
      b = f32x4.add(b, f32x4.sub(v128.load(x, QUAD), f));
      c = f32x4.add(c, f32x4.sub(v128.load(x, 2 * QUAD), f));
      d = f32x4.add(d, f32x4.sub(v128.load(x, 3 * QUAD), f));
      x += 4 * QUAD;
    }
    total = carry(carry(carry(carry(total, a), b), c), d);
  }
  let rest = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  for (; i < count; i++) {
    rest += <f64>(load<f32>(x) - first);
    x += F32;
  }
  return rest;
}

/** Σ (x − first − mean)². */
function sumOfSquares(x: usize, count: i32, first: f32, mean: f32): f64 {
  const f = f32x4.splat(first), m = f32x4.splat(mean);
  const whole = count & ~15;
  let total = f64x2.splat(0);
  let i = 0;
  while (i < whole) {
    const end = min(whole, i + BLOCK);
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
    for (; i < end; i += 16) {
      const e = centred(x, f, m), g = centred(x + QUAD, f, m), h = centred(x + 2 * QUAD, f, m), k = centred(x + 3 * QUAD, f, m);
      a = madd(e, e, a);
      b = madd(g, g, b);
      c = madd(h, h, c);
      d = madd(k, k, d);
      x += 4 * QUAD;
    }
    total = carry(carry(carry(carry(total, a), b), c), d);
  }
  let rest = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  for (; i < count; i++) {
    const v = load<f32>(x) - first - mean;
    rest += <f64>(v * v);
    x += F32;
  }
  return rest;
}

/** y = p x1 + q x2. */
function add(x1: usize, x2: usize, y: usize, count: i32, p: f32, q: f32): void {
  const ps = f32x4.splat(p), qs = f32x4.splat(q);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    v128.store(y, madd(ps, v128.load(x1), f32x4.mul(qs, v128.load(x2))));
    v128.store(y, madd(ps, v128.load(x1, QUAD), f32x4.mul(qs, v128.load(x2, QUAD))), QUAD);
    x1 += 2 * QUAD;
    x2 += 2 * QUAD;
    y += 2 * QUAD;
  }
  for (; i < count; i++) {
    store<f32>(y, p * load<f32>(x1) + q * load<f32>(x2));
    x1 += F32;
    x2 += F32;
    y += F32;
  }
}

/** y = p (x1 − first1 − mean1) + q (x2 − first2 − mean2): one after the other, for the digits of small waves on large means. */
function addCentred(
  x1: usize, x2: usize, y: usize, count: i32, p: f32, q: f32, first1: f32, mean1: f32, first2: f32, mean2: f32,
): void {
  const ps = f32x4.splat(p), qs = f32x4.splat(q);
  const f1 = f32x4.splat(first1), m1 = f32x4.splat(mean1), f2 = f32x4.splat(first2), m2 = f32x4.splat(mean2);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    v128.store(y, madd(ps, centred(x1, f1, m1), f32x4.mul(qs, centred(x2, f2, m2))));
    v128.store(y, madd(ps, centred(x1 + QUAD, f1, m1), f32x4.mul(qs, centred(x2 + QUAD, f2, m2))), QUAD);
    x1 += 2 * QUAD;
    x2 += 2 * QUAD;
    y += 2 * QUAD;
  }
  for (; i < count; i++) {
    store<f32>(y, p * (load<f32>(x1) - first1 - mean1) + q * (load<f32>(x2) - first2 - mean2));
    x1 += F32;
    x2 += F32;
    y += F32;
  }
}

// @ts-ignore: decorator
@inline
function centred(x: usize, first: v128, mean: v128): v128 {
  return f32x4.sub(f32x4.sub(v128.load(x), first), mean);
}

/** Two float64 totals plus four floats. */
// @ts-ignore: decorator
@inline
function carry(total: v128, x: v128): v128 {
  const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3);
  return f64x2.add(total, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(high)));
}
