/**
 * A 3×3 convolution of stride 2 by minimal filtering. In one dimension four results
 *
 *     y[i] = d[2i] g[0] + d[2i+1] g[1] + d[2i+2] g[2]
 *
 * take nine values of d. Those of even places meet g[0] and g[2] as a filter of two taps and stride 1, F(4, 2): five products, with
 * interpolation points 0, ±1, 2, ∞. Those of odd places meet g[1] alone: four products. Nested, a tile of 4×4 results takes 81 products
 * in place of 144; its 9×9 inputs overlap the next tile's by one line.
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (B d Bᵀ) ] A
 *
 * The gradients are the transposed forms, with A and B exchanged: dx sums Bᵀ n B, dFilter sums Gᵀ p G.
 *
 * A transformed line is numbered 0 … 4 for the points and 5 … 8 for the odd places, which share one value of the filter, number 5: of the
 * 81 transformed filters 36 differ.
 *
 * One tile, or a line of one, here; tiles.ts takes them from the tensors and brings them back.
 */
import { QUAD, storePart } from './simd';

/** Positions of a transformed line, and the quads of a tile's lines in scratch memory. */
const LINE: usize = 9;

/** B on nine quads. */
// @ts-ignore: decorator
@inline
export function stridedInputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const two = f32x4.splat(2), three = f32x4.splat(3);
  const d0 = v128.load(from), d2 = v128.load(from + 2 * step), d4 = v128.load(from + 4 * step);
  const d6 = v128.load(from + 6 * step), d8 = v128.load(from + 8 * step);
  const a = f32x4.mul(two, d2), b = f32x4.sub(d6, d4);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(two, f32x4.sub(d0, d4)), d2), d6));
  v128.store(to + toStep, f32x4.sub(b, a));
  v128.store(to + 2 * toStep, f32x4.add(f32x4.sub(a, f32x4.mul(three, d4)), d6));
  v128.store(to + 3 * toStep, f32x4.sub(d6, d2));
  v128.store(to + 4 * toStep, f32x4.add(f32x4.sub(f32x4.sub(a, d4), f32x4.mul(two, d6)), d8));
  v128.store(to + 5 * toStep, v128.load(from + step));
  v128.store(to + 6 * toStep, v128.load(from + 3 * step));
  v128.store(to + 7 * toStep, v128.load(from + 5 * step));
  v128.store(to + 8 * toStep, v128.load(from + 7 * step));
}

/** G on three quads. */
// @ts-ignore: decorator
@inline
export function stridedFilterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  const half = f32x4.splat(0.5), sixth = f32x4.splat(1 / 6.0);
  v128.store(to, f32x4.mul(half, g0));
  v128.store(to + step, f32x4.neg(f32x4.mul(half, f32x4.add(g0, g2))));
  v128.store(to + 2 * step, f32x4.mul(sixth, f32x4.sub(g2, g0)));
  v128.store(to + 3 * step, f32x4.add(f32x4.mul(sixth, g0), f32x4.mul(f32x4.splat(1 / 3.0), g2)));
  v128.store(to + 4 * step, g2);
  v128.store(to + 5 * step, g1);
}

// @ts-ignore: decorator
@inline
export function stridedOutputTile(
  m: usize, positionBytes: usize, to: usize, rowBytes: usize, pixelBytes: usize, height: i32, width: i32, channels: i32,
  temporary: usize,
): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  // Across the nine columns first: [9][9] becomes [4][9].
  const row = LINE * positionBytes;
  for (let x = 0; x < 9; x++) {
    const at = m + <usize>x * positionBytes;
    const m1 = v128.load(at + row), m2 = v128.load(at + 2 * row), m3 = v128.load(at + 3 * row);
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2);
    const target = temporary + (<usize>x << 4);
    v128.store(target, f32x4.add(f32x4.add(v128.load(at), s), f32x4.add(m3, v128.load(at + 5 * row))));
    v128.store(target, f32x4.add(f32x4.add(d, f32x4.mul(two, m3)), v128.load(at + 6 * row)), 144);
    v128.store(target, f32x4.add(f32x4.add(s, f32x4.mul(four, m3)), v128.load(at + 7 * row)), 288);
    v128.store(
      target,
      f32x4.add(f32x4.add(d, f32x4.mul(eight, m3)), f32x4.add(v128.load(at + 4 * row), v128.load(at + 8 * row))),
      432,
    );
  }
  for (let y = 0; y < height; y++) {
    const m1 = v128.load(temporary, 16), m2 = v128.load(temporary, 32), m3 = v128.load(temporary, 48);
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2);
    storePart(to, f32x4.add(f32x4.add(v128.load(temporary), s), f32x4.add(m3, v128.load(temporary, 80))), channels);
    if (width > 1) {
      storePart(to + pixelBytes, f32x4.add(f32x4.add(d, f32x4.mul(two, m3)), v128.load(temporary, 96)), channels);
    }
    if (width > 2) {
      storePart(to + 2 * pixelBytes, f32x4.add(f32x4.add(s, f32x4.mul(four, m3)), v128.load(temporary, 112)), channels);
    }
    if (width > 3) {
      const last = f32x4.add(v128.load(temporary, 64), v128.load(temporary, 128));
      storePart(to + 3 * pixelBytes, f32x4.add(f32x4.add(d, f32x4.mul(eight, m3)), last), channels);
    }
    temporary += LINE * QUAD;
    to += rowBytes;
  }
}

/** A on four quads. */
// @ts-ignore: decorator
@inline
export function stridedGradientLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4);
  const y0 = v128.load(from), y1 = v128.load(from + step), y2 = v128.load(from + 2 * step), y3 = v128.load(from + 3 * step);
  const even = f32x4.add(y0, y2), odd = f32x4.add(y1, y3);
  v128.store(to, y0);
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  v128.store(
    to + 3 * toStep,
    f32x4.add(f32x4.add(y0, f32x4.mul(four, y2)), f32x4.mul(two, f32x4.add(y1, f32x4.mul(four, y3)))),
  );
  v128.store(to + 4 * toStep, y3);
  v128.store(to + 5 * toStep, y0);
  v128.store(to + 6 * toStep, y1);
  v128.store(to + 7 * toStep, y2);
  v128.store(to + 8 * toStep, y3);
}

/** Adds Bᵀ n B of one tile to 9×9 pixels of an image. */
// @ts-ignore: decorator
@inline
export function stridedInputGradientTile(
  n: usize, positionBytes: usize, to: usize, rowBytes: usize, pixelBytes: usize, temporary: usize,
): void {
  let line = temporary;
  for (let y = 0; y < 9; y++) {
    inputGradientLine(n, positionBytes, line, QUAD, false);
    n += LINE * positionBytes;
    line += LINE * QUAD;
  }
  for (let x: usize = 0; x < LINE * QUAD; x += QUAD) {
    inputGradientLine(temporary + x, LINE * QUAD, to, rowBytes, true);
    to += pixelBytes;
  }
}

/** Bᵀ on nine quads, written or added. */
// @ts-ignore: decorator
@inline
function inputGradientLine(from: usize, step: usize, to: usize, toStep: usize, add: bool): void {
  const two = f32x4.splat(2);
  const n0 = v128.load(from), n1 = v128.load(from + step), n2 = v128.load(from + 2 * step);
  const n3 = v128.load(from + 3 * step), n4 = v128.load(from + 4 * step);
  const s = f32x4.add(n0, n3), twice = f32x4.mul(two, f32x4.add(f32x4.sub(n2, n1), n4));
  put(to, f32x4.mul(two, n0), add);
  put(to + toStep, v128.load(from + 5 * step), add);
  put(to + 2 * toStep, f32x4.sub(twice, s), add);
  put(to + 3 * toStep, v128.load(from + 6 * step), add);
  put(
    to + 4 * toStep,
    f32x4.neg(f32x4.add(f32x4.add(f32x4.mul(two, n0), n1), f32x4.add(f32x4.mul(f32x4.splat(3), n2), n4))),
    add,
  );
  put(to + 5 * toStep, v128.load(from + 7 * step), add);
  put(to + 6 * toStep, f32x4.add(f32x4.add(s, f32x4.add(n1, n2)), f32x4.mul(f32x4.splat(-2), n4)), add);
  put(to + 7 * toStep, v128.load(from + 8 * step), add);
  put(to + 8 * toStep, n4, add);
}

// @ts-ignore: decorator
@inline
function put(to: usize, x: v128, add: bool): void {
  v128.store(to, add ? f32x4.add(v128.load(to), x) : x);
}

// @ts-ignore: decorator
@inline
export function stridedFilterGradientTile(
  p: usize, positionBytes: usize, to: usize, tapBytes: usize, width: i32, temporary: usize,
): void {
  const half = f32x4.splat(0.5), third = f32x4.splat(1 / 3.0), sixth = f32x4.splat(1 / 6.0);
  const row = 6 * positionBytes;
  for (let x = 0; x < 6; x++) {
    const at = p + <usize>x * positionBytes;
    const p0 = v128.load(at), p1 = v128.load(at + row), p2 = v128.load(at + 2 * row), p3 = v128.load(at + 3 * row);
    const target = temporary + (<usize>x << 4);
    v128.store(target, f32x4.add(f32x4.mul(half, f32x4.sub(p0, p1)), f32x4.mul(sixth, f32x4.sub(p3, p2))));
    v128.store(target, v128.load(at + 5 * row), 96);
    v128.store(
      target,
      f32x4.add(
        f32x4.add(f32x4.sub(f32x4.mul(sixth, p2), f32x4.mul(half, p1)), f32x4.mul(third, p3)),
        v128.load(at + 4 * row),
      ),
      192,
    );
  }
  for (let y = 0; y < 3; y++) {
    const p0 = v128.load(temporary), p1 = v128.load(temporary, 16), p2 = v128.load(temporary, 32), p3 = v128.load(temporary, 48);
    storePart(to, f32x4.add(f32x4.mul(half, f32x4.sub(p0, p1)), f32x4.mul(sixth, f32x4.sub(p3, p2))), width);
    storePart(to + tapBytes, v128.load(temporary, 80), width);
    storePart(
      to + 2 * tapBytes,
      f32x4.add(
        f32x4.add(f32x4.sub(f32x4.mul(sixth, p2), f32x4.mul(half, p1)), f32x4.mul(third, p3)),
        v128.load(temporary, 64),
      ),
      width,
    );
    temporary += 6 * QUAD;
    to += 3 * tapBytes;
  }
}
