/**
 * What all kernels share: the multiply-add and the letters of the shapes.
 *
 * The kernels work in the heap of the TensorFlow.js wasm backend, whose memory this module imports. They keep no state, have no
 * data of their own, and allocate nothing: every pointer is a byte address that the caller owns, every count is in elements.
 */

/** a · b + c on four floats; one rounding where the engine has relaxed SIMD, two elsewhere. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Bytes of one float and of four. */
export const F32: usize = 4;
export const QUAD: usize = 16;

/** The first `count` of four values at `from`, zeros behind them. */
// @ts-ignore: decorator
@inline
export function loadPart(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let x = f32x4.splat(0);
  if (count > 0) x = f32x4.replace_lane(x, 0, load<f32>(from));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, F32));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 2 * F32));
  return x;
}

/** Writes the first `count` of four values. */
// @ts-ignore: decorator
@inline
export function storePart(to: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, x);
    return;
  }
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(x, 1), F32);
  if (count > 2) store<f32>(to, f32x4.extract_lane(x, 2), 2 * F32);
}
