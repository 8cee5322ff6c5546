import { storeRow } from './gemmOuter';
import { madd } from './simd';

/**
 * C = Σ over taps of A[tap] · B[tap], where each row of A is found through a table of addresses: convolutions of any stride, padding and dilation without an image-to-column copy.
 *
 * @param table `[ceil(rows / 6)][taps][6]` u32: where the `depth` values of that row and tap begin. A row past the last repeats
 *   a valid one. An address equal to `zeros` stands for `depth` zeros; a tap whose six addresses are all `zeros` is skipped.
 * @param aOffset Bytes from an address in the table to the values, `zeros` included.
 * @param b Panels `[columns / 8][taps][depth][8]`.
 * @param cTable `[rows]` u32: where each row of C begins, less `cOffset` bytes.
 */
export function gemmRows(
  table: usize, zeros: usize, aOffset: usize, b: usize, cTable: usize, cOffset: usize,
  rows: i32, columns: i32, taps: i32, depth: i32,
): void {
  const panelBytes = (<usize>taps * <usize>depth) << 5;
  for (let column = 0; column < columns; column += 8) {
    const bPanel = b + <usize>(column >> 3) * panelBytes;
    for (let row = 0; row < rows; row += 6) {
      const rowTable = table + <usize>row * <usize>taps * 4;
      const cRows = cTable + (<usize>row << 2);
      const cColumn = cOffset + (<usize>column << 2);
      // Whole blocks apart, as in gemmOuter.
      if (rows - row < 6 || columns - column < 8) {
        block6x8(rowTable, zeros, aOffset, bPanel, taps, depth, cRows, cColumn, rows - row, columns - column);
      } else {
        block6x8(rowTable, zeros, aOffset, bPanel, taps, depth, cRows, cColumn, 6, 8);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function block6x8(
  table: usize, zeros: usize, aOffset: usize, b: usize, taps: i32, depth: i32, cTable: usize, cOffset: usize,
  rows: i32, columns: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const tapBytes = <usize>depth << 5;
  const rowBytes = <usize>depth << 2;
  for (let tap = 0; tap < taps; tap++) {
    let a0 = <usize>load<u32>(table), a1 = <usize>load<u32>(table, 4), a2 = <usize>load<u32>(table, 8);
    let a3 = <usize>load<u32>(table, 12), a4 = <usize>load<u32>(table, 16), a5 = <usize>load<u32>(table, 20);
    table += 24;
    if (a0 == zeros && a1 == zeros && a2 == zeros && a3 == zeros && a4 == zeros && a5 == zeros) {
      b += tapBytes;
      continue;
    }
    a0 += aOffset; a1 += aOffset; a2 += aOffset; a3 += aOffset; a4 += aOffset; a5 += aOffset;
    const whole = a0 + (rowBytes & ~15);
    const end = a0 + rowBytes;
    while (a0 < whole) {
      let b0 = v128.load(b), b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0);
      c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1);
      c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2);
      c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      x = v128.load32_splat(a3);
      c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4);
      c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      x = v128.load32_splat(a5);
      c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      x = v128.load32_splat(a0, 4);
      c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1, 4);
      c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2, 4);
      c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      x = v128.load32_splat(a3, 4);
      c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4, 4);
      c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      x = v128.load32_splat(a5, 4);
      c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      x = v128.load32_splat(a0, 8);
      c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1, 8);
      c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2, 8);
      c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      x = v128.load32_splat(a3, 8);
      c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4, 8);
      c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      x = v128.load32_splat(a5, 8);
      c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      x = v128.load32_splat(a0, 12);
      c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1, 12);
      c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2, 12);
      c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      x = v128.load32_splat(a3, 12);
      c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4, 12);
      c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      x = v128.load32_splat(a5, 12);
      c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

      a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16; a5 += 16;
      b += 128;
    }
    while (a0 < end) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0);
      c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1);
      c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2);
      c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      x = v128.load32_splat(a3);
      c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4);
      c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      x = v128.load32_splat(a5);
      c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4;
      b += 32;
    }
  }
  storeRow(<usize>load<u32>(cTable) + cOffset, c00, c01, columns, 0);
  if (rows > 1) storeRow(<usize>load<u32>(cTable, 4) + cOffset, c10, c11, columns, 0);
  if (rows > 2) storeRow(<usize>load<u32>(cTable, 8) + cOffset, c20, c21, columns, 0);
  if (rows > 3) storeRow(<usize>load<u32>(cTable, 12) + cOffset, c30, c31, columns, 0);
  if (rows > 4) storeRow(<usize>load<u32>(cTable, 16) + cOffset, c40, c41, columns, 0);
  if (rows > 5) storeRow(<usize>load<u32>(cTable, 20) + cOffset, c50, c51, columns, 0);
}
