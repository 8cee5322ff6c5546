import { madd } from './simd';

/**
 * C = A · B for the tile products of the Winograd convolution.
 *
 * A holds `rows` rows of `4 · quads` values, interleaved by quads, [quads][stride][4]: six rows at four values of k lie in
 * 96 bytes, so one pointer serves the 6 × 8 block that stays in registers. B is packed in panels, [columns / 8][4 · quads][8].
 *
 * @param c `[rows, ldc]`, written for rows rounded up to 6 and `panels` · 8 columns.
 * @param rows Rows of A, rounded up to a multiple of 6; A must be readable that far.
 * @param stride Rows from one quad of A to the next.
 */
export function gemmQuads(
  a: usize, b: usize, c: usize, rows: i32, quads: i32, stride: i32, panels: i32, ldc: i32,
): void {
  const aStep = <usize>stride << 4;
  const cStep = <usize>ldc << 2;
  for (let panel = 0; panel < panels; panel++) {
    const bPanel = b + ((<usize>panel * <usize>quads) << 7);
    const cPanel = c + (<usize>panel << 5);
    for (let row = 0; row < rows; row += 6) {
      block6x8(a + (<usize>row << 4), aStep, bPanel, quads, cPanel + <usize>row * cStep, cStep);
    }
  }
}

// @ts-ignore: decorator
@inline
function block6x8(a: usize, aStep: usize, b: usize, quads: i32, c: usize, cStep: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  for (let q = 0; q < quads; q++) {
    let b0 = v128.load(b, 0), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a, 0);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 16);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 32);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 48);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 64);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 80);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    x = v128.load32_splat(a, 4);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 20);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 36);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 52);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 68);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 84);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    x = v128.load32_splat(a, 8);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 24);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 40);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 56);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 72);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 88);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    x = v128.load32_splat(a, 12);
    c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 28);
    c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 44);
    c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 60);
    c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 76);
    c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 92);
    c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);

    a += aStep;
    b += 128;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  c += cStep;
  v128.store(c, c10); v128.store(c, c11, 16);
  c += cStep;
  v128.store(c, c20); v128.store(c, c21, 16);
  c += cStep;
  v128.store(c, c30); v128.store(c, c31, 16);
  c += cStep;
  v128.store(c, c40); v128.store(c, c41, 16);
  c += cStep;
  v128.store(c, c50); v128.store(c, c51, 16);
}
