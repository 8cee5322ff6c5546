/**
 * Exponential and logarithm of four floats, to within 2e-7 of the result: the polynomials of Cephes' expf and logf. AssemblyScript's own
 * read tables, which would lie in memory that is not ours.
 */
import { madd } from './simd';

/** ln 2 in two parts, the first so short that its multiples are exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** Below it e^x is counted as 0: next to e^-87, the smallest normal floats begin. */
const LEAST_EXPONENT: f32 = -87;

/** e^x for x ≤ 0, and NaN for NaN. */
// @ts-ignore: decorator
@inline
export function expOfNegative(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  const r = madd(n, f32x4.splat(-LN2_LOW), madd(n, f32x4.splat(-LN2_HIGH), x));
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(LEAST_EXPONENT)));
}

/** log x for normal x > 0. */
// @ts-ignore: decorator
@inline
export function logOfPositive(x: v128): v128 {
  const exponent = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126));
  const half = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  // From √½ to √2, around 1.
  const low = f32x4.lt(half, f32x4.splat(0.707106781));
  const e = f32x4.convert_i32x4_s(i32x4.add(exponent, low)); // a lane of ones is −1
  const m = f32x4.sub(f32x4.add(half, v128.and(half, low)), f32x4.splat(1));
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = madd(p, m, f32x4.splat(-1.1514610310e-1));
  p = madd(p, m, f32x4.splat(1.1676998740e-1));
  p = madd(p, m, f32x4.splat(-1.2420140846e-1));
  p = madd(p, m, f32x4.splat(1.4249322787e-1));
  p = madd(p, m, f32x4.splat(-1.6668057665e-1));
  p = madd(p, m, f32x4.splat(2.0000714765e-1));
  p = madd(p, m, f32x4.splat(-2.4999993993e-1));
  p = madd(p, m, f32x4.splat(3.3333331174e-1));
  p = madd(f32x4.mul(p, m), z, f32x4.mul(e, f32x4.splat(LN2_LOW)));
  p = madd(z, f32x4.splat(-0.5), p);
  return madd(e, f32x4.splat(LN2_HIGH), f32x4.add(m, p));
}
