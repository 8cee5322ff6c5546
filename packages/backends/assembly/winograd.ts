/**
 * Winograd's minimal filtering F(4×4, 3×3): a 3×3 convolution of stride 1 as 36 matrix products over 6×6 tiles, with a quarter
 * of the multiplications; and F(3×3, 4×4), its filter gradient, on the same input tiles.
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * Interpolation points 0, ±1, ±2, ∞. Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * arXiv:1509.09308; the gradient's matrices are the same Toom–Cook construction with a filter of 4 and an output of 3.
 *
 * One tile, or a line of one, here; tiles.ts takes them from the tensors and brings them back.
 */
import { QUAD, storePart } from './simd';

/** Bᵀ on six quads. */
// @ts-ignore: decorator
@inline
export function unitInputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), five = f32x4.splat(5);
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step);
  const a = f32x4.sub(d4, f32x4.mul(four, d2)), b = f32x4.sub(d3, f32x4.mul(four, d1));
  const c = f32x4.sub(d4, d2), e = f32x4.mul(two, f32x4.sub(d3, d1));
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
  v128.store(to + toStep, f32x4.add(a, b));
  v128.store(to + 2 * toStep, f32x4.sub(a, b));
  v128.store(to + 3 * toStep, f32x4.add(c, e));
  v128.store(to + 4 * toStep, f32x4.sub(c, e));
  v128.store(to + 5 * toStep, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
}

/** G on three quads. */
// @ts-ignore: decorator
@inline
export function unitFilterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  const sixth = f32x4.splat(1 / 6.0);
  const a = f32x4.neg(f32x4.mul(sixth, f32x4.add(g0, g2))), b = f32x4.mul(sixth, g1);
  const c = f32x4.add(f32x4.mul(f32x4.splat(1 / 24.0), g0), f32x4.mul(sixth, g2));
  const d = f32x4.mul(f32x4.splat(1 / 12.0), g1);
  v128.store(to, f32x4.mul(f32x4.splat(0.25), g0));
  v128.store(to + step, f32x4.sub(a, b));
  v128.store(to + 2 * step, f32x4.add(a, b));
  v128.store(to + 3 * step, f32x4.add(c, d));
  v128.store(to + 4 * step, f32x4.sub(c, d));
  v128.store(to + 5 * step, g2);
}

// @ts-ignore: decorator
@inline
export function unitOutputTile(
  m: usize, positionBytes: usize, to: usize, rowBytes: usize, pixelBytes: usize, height: i32, width: i32, channels: i32,
  temporary: usize,
): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  // Across the six columns first: [6][6] becomes [4][6].
  for (let x = 0; x < 6; x++) {
    const at = m + <usize>x * positionBytes;
    const row = <usize>6 * positionBytes;
    const m0 = v128.load(at), m1 = v128.load(at + row), m2 = v128.load(at + 2 * row);
    const m3 = v128.load(at + 3 * row), m4 = v128.load(at + 4 * row), m5 = v128.load(at + 5 * row);
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), s2 = f32x4.add(m3, m4), d2 = f32x4.sub(m3, m4);
    const target = temporary + (<usize>x << 4);
    v128.store(target, f32x4.add(f32x4.add(m0, s), s2));
    v128.store(target, f32x4.add(d, f32x4.mul(two, d2)), 96);
    v128.store(target, f32x4.add(s, f32x4.mul(four, s2)), 192);
    v128.store(target, f32x4.add(f32x4.add(d, f32x4.mul(eight, d2)), m5), 288);
  }
  for (let y = 0; y < height; y++) {
    const m0 = v128.load(temporary), m1 = v128.load(temporary, 16), m2 = v128.load(temporary, 32);
    const m3 = v128.load(temporary, 48), m4 = v128.load(temporary, 64), m5 = v128.load(temporary, 80);
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), s2 = f32x4.add(m3, m4), d2 = f32x4.sub(m3, m4);
    storePart(to, f32x4.add(f32x4.add(m0, s), s2), channels);
    if (width > 1) storePart(to + pixelBytes, f32x4.add(d, f32x4.mul(two, d2)), channels);
    if (width > 2) storePart(to + 2 * pixelBytes, f32x4.add(s, f32x4.mul(four, s2)), channels);
    if (width > 3) storePart(to + 3 * pixelBytes, f32x4.add(f32x4.add(d, f32x4.mul(eight, d2)), m5), channels);
    temporary += 6 * QUAD;
    to += rowBytes;
  }
}

/** G′ on four quads. */
// @ts-ignore: decorator
@inline
export function unitGradientLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const sixth = f32x4.splat(1 / 6.0);
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step), g3 = v128.load(from + 3 * step);
  const a = f32x4.neg(f32x4.mul(sixth, f32x4.add(g0, g2))), b = f32x4.mul(sixth, f32x4.add(g1, g3));
  const c = f32x4.add(f32x4.mul(f32x4.splat(1 / 24.0), g0), f32x4.mul(sixth, g2));
  const e = f32x4.add(f32x4.mul(f32x4.splat(1 / 12.0), g1), f32x4.mul(f32x4.splat(1 / 3.0), g3));
  v128.store(to, f32x4.mul(f32x4.splat(0.25), g0));
  v128.store(to + toStep, f32x4.sub(a, b));
  v128.store(to + 2 * toStep, f32x4.add(a, b));
  v128.store(to + 3 * toStep, f32x4.add(c, e));
  v128.store(to + 4 * toStep, f32x4.sub(c, e));
  v128.store(to + 5 * toStep, g3);
}

// @ts-ignore: decorator
@inline
export function unitFilterGradientTile(
  p: usize, positionBytes: usize, to: usize, tapBytes: usize, width: i32, temporary: usize,
): void {
  const two = f32x4.splat(2), four = f32x4.splat(4);
  for (let x = 0; x < 6; x++) {
    const at = p + <usize>x * positionBytes;
    const row = <usize>6 * positionBytes;
    const m0 = v128.load(at), m1 = v128.load(at + row), m2 = v128.load(at + 2 * row);
    const m3 = v128.load(at + 3 * row), m4 = v128.load(at + 4 * row), m5 = v128.load(at + 5 * row);
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), s2 = f32x4.add(m3, m4), d2 = f32x4.sub(m3, m4);
    const target = temporary + (<usize>x << 4);
    v128.store(target, f32x4.add(f32x4.add(m0, s), s2));
    v128.store(target, f32x4.add(d, f32x4.mul(two, d2)), 96);
    v128.store(target, f32x4.add(f32x4.add(s, f32x4.mul(four, s2)), m5), 192);
  }
  for (let y = 0; y < 3; y++) {
    const m0 = v128.load(temporary), m1 = v128.load(temporary, 16), m2 = v128.load(temporary, 32);
    const m3 = v128.load(temporary, 48), m4 = v128.load(temporary, 64), m5 = v128.load(temporary, 80);
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), s2 = f32x4.add(m3, m4), d2 = f32x4.sub(m3, m4);
    storePart(to, f32x4.add(f32x4.add(m0, s), s2), width);
    storePart(to + tapBytes, f32x4.add(d, f32x4.mul(two, d2)), width);
    storePart(to + 2 * tapBytes, f32x4.add(f32x4.add(s, f32x4.mul(four, s2)), m5), width);
    temporary += 6 * QUAD;
    to += 3 * tapBytes;
  }
}
