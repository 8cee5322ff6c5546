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
