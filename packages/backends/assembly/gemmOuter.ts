import { madd } from './simd';

/** Rows of A that meet all panels of B before the next rows do; at a depth of 256 they fill 128 KiB. */
const ROWS = 128;

/**
 * C (+)= Aᵀ · B, a sum of outer products over `depth`: filter gradients and products with a transposed left side.
 *
 * Both sides are packed along k: A as quads, [rows / 4][aStride][4], B as panels, [columns / 8][bStride][8].
 *
 * @param c `[rows, ldc]`; only the `rows` × `columns` that exist are touched.
 * @param aStride, bStride Values of k from one quad or panel to the next, at least `depth`.
 * @param accumulate 1 to add to C, 0 to overwrite it.
 */
export function gemmOuter(
  a: usize, aStride: i32, b: usize, bStride: i32, c: usize, ldc: i32,
  rows: i32, columns: i32, depth: i32, accumulate: i32,
): void {
  const cStep = <usize>ldc << 2;
  for (let begin = 0; begin < rows; begin += ROWS) {
    const end = min(begin + ROWS, rows);
    for (let column = 0; column < columns; column += 8) {
      const bPanel = b + ((<usize>(column >> 3) * <usize>bStride) << 5);
      for (let row = begin; row < end; row += 4) {
        block4x8(
          a + ((<usize>(row >> 2) * <usize>aStride) << 4), bPanel, depth,
          c + <usize>row * cStep + (<usize>column << 2), cStep, rows - row, columns - column, accumulate,
        );
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function block4x8(
  a: usize, b: usize, depth: i32, c: usize, cStep: usize, rows: i32, columns: i32, accumulate: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a, 0);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    a += 16;
    b += 32;
  }
  storeRow(c, c00, c01, columns, accumulate);
  if (rows > 1) storeRow(c + cStep, c10, c11, columns, accumulate);
  if (rows > 2) storeRow(c + 2 * cStep, c20, c21, columns, accumulate);
  if (rows > 3) storeRow(c + 3 * cStep, c30, c31, columns, accumulate);
}

/** Writes, or adds to, the first `columns` of eight values at `c`. */
// @ts-ignore: decorator
@inline
export function storeRow(c: usize, low: v128, high: v128, columns: i32, accumulate: i32): void {
  if (columns >= 8) {
    if (accumulate) {
      low = f32x4.add(low, v128.load(c));
      high = f32x4.add(high, v128.load(c, 16));
    }
    v128.store(c, low);
    v128.store(c, high, 16);
  } else {
    storePart(c, low, high, columns, accumulate);
  }
}

function storePart(c: usize, low: v128, high: v128, columns: i32, accumulate: i32): void {
  for (let i = 0; i < columns; i++) {
    let x = f32x4.extract_lane(low, 0);
    low = v128.shuffle<f32>(low, high, 1, 2, 3, 4);
    high = v128.shuffle<f32>(high, high, 1, 2, 3, 3);
    const at = c + (<usize>i << 2);
    if (accumulate) x += load<f32>(at);
    store<f32>(at, x);
  }
}
