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
        const aQuad = a + ((<usize>(row >> 2) * <usize>aStride) << 4);
        outerBlock(aQuad, bPanel, depth, c + <usize>row * cStep + (<usize>column << 2), cStep, rows - row, columns - column, accumulate);
      }
    }
  }
}

/**
 * The same for an engine that pairs vectors into ones of 256 bits: two panels of B at a time, since half as many registers are too few to
 * hide how long a multiply-add takes.
 */
export function gemmOuterPaired(
  a: usize, aStride: i32, b: usize, bStride: i32, c: usize, ldc: i32,
  rows: i32, columns: i32, depth: i32, accumulate: i32,
): void {
  const cStep = <usize>ldc << 2;
  const panelBytes = <usize>bStride << 5;
  for (let begin = 0; begin < rows; begin += ROWS) {
    const end = min(begin + ROWS, rows);
    for (let column = 0; column < columns; column += 16) {
      const bPanel = b + <usize>(column >> 3) * panelBytes;
      for (let row = begin; row < end; row += 4) {
        const aQuad = a + ((<usize>(row >> 2) * <usize>aStride) << 4);
        const cBlock = c + <usize>row * cStep + (<usize>column << 2);
        if (rows - row < 4 || columns - column < 16) {
          outerBlock(aQuad, bPanel, depth, cBlock, cStep, rows - row, columns - column, accumulate);
          if (columns - column > 8) {
            outerBlock(aQuad, bPanel + panelBytes, depth, cBlock + 32, cStep, rows - row, columns - column - 8, accumulate);
          }
        } else if (accumulate) {
          block4x16(aQuad, bPanel, bPanel + panelBytes, depth, cBlock, cStep, 1);
        } else {
          block4x16(aQuad, bPanel, bPanel + panelBytes, depth, cBlock, cStep, 0);
        }
      }
    }
  }
}

/** Whole blocks apart, with nothing but stores behind their loop: these an engine can pair into vectors of 256 bits. */
// @ts-ignore: decorator
@inline
function outerBlock(
  a: usize, b: usize, depth: i32, c: usize, cStep: usize, rows: i32, columns: i32, accumulate: i32,
): void {
  if (rows < 4 || columns < 8) block4x8(a, b, depth, c, cStep, rows, columns, accumulate);
  else if (accumulate) block4x8(a, b, depth, c, cStep, 4, 8, 1);
  else block4x8(a, b, depth, c, cStep, 4, 8, 0);
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

// @ts-ignore: decorator
@inline
function block4x16(a: usize, b: usize, next: usize, depth: i32, c: usize, cStep: usize, accumulate: i32): void {
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  let c20 = c00, c21 = c00, c22 = c00, c23 = c00, c30 = c00, c31 = c00, c32 = c00, c33 = c00;
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16), b2 = v128.load(next, 0), b3 = v128.load(next, 16);
    let x = v128.load32_splat(a, 0);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); c22 = madd(x, b2, c22); c23 = madd(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31); c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
    a += 16;
    b += 32;
    next += 32;
  }
  storeRow(c, c00, c01, 8, accumulate); storeRow(c + 32, c02, c03, 8, accumulate);
  c += cStep;
  storeRow(c, c10, c11, 8, accumulate); storeRow(c + 32, c12, c13, 8, accumulate);
  c += cStep;
  storeRow(c, c20, c21, 8, accumulate); storeRow(c + 32, c22, c23, 8, accumulate);
  c += cStep;
  storeRow(c, c30, c31, 8, accumulate); storeRow(c + 32, c32, c33, 8, accumulate);
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
