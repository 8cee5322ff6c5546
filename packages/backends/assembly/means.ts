/**
 * Means over the rows of `[images, rows, channels]` and their gradient: global average pooling. Sums are taken in float32 over blocks of
 * rows and carried on in float64.
 */
import { QUAD } from './simd';

/** Rows that are summed in float32 before they join the float64 totals. */
const BLOCK = 32;

/** Floats of a cache line: so many channels go down the rows together, that each line is read once. */
const LINE = 16;

/**
 * @param x `[images, rows, channels]`.
 * @param y `[images, channels]`, overwritten.
 * @param totals `[LINE]` float64, overwritten.
 */
export function means(x: usize, y: usize, totals: usize, images: i32, rows: i32, channels: i32): void {
  const step = <usize>channels << 2;
  for (let image = 0; image < images; image++) {
    for (let c = 0; c < channels; c += LINE) {
      const width = min(LINE, channels - c);
      memory.fill(totals, 0, LINE << 3);
      for (let begin = 0; begin < rows; begin += BLOCK) {
        const from = x + <usize>begin * step + (<usize>c << 2);
        const count = min(BLOCK, rows - begin);
        if (width == LINE) addLine(from, totals, count, step);
        else addPart(from, totals, count, step, width);
      }
      for (let i = 0; i < width; i++) {
        store<f32>(y + (<usize>(c + i) << 2), <f32>(load<f64>(totals + (<usize>i << 3)) / <f64>rows));
      }
    }
    x += <usize>rows * step;
    y += step;
  }
}

/**
 * Each row of dx is dy / rows.
 *
 * @param dy `[images, channels]`.
 * @param dx `[images, rows, channels]`, overwritten.
 */
export function meansGradient(dy: usize, dx: usize, images: i32, rows: i32, channels: i32): void {
  const step = <usize>channels << 2;
  const divisors = f32x4.splat(<f32>rows);
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      let at: usize = 0;
      for (; at + 2 * QUAD <= step; at += 2 * QUAD) {
        v128.store(dx + at, f32x4.div(v128.load(dy + at), divisors));
        v128.store(dx + at, f32x4.div(v128.load(dy + at, QUAD), divisors), QUAD);
      }
      for (; at < step; at += 4) store<f32>(dx + at, load<f32>(dy + at) / <f32>rows);
      dx += step;
    }
    dy += step;
  }
}

/** Adds sixteen columns of a block of rows to sixteen totals. */
function addLine(x: usize, totals: usize, rows: i32, step: usize): void {
  let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, QUAD));
    c = f32x4.add(c, v128.load(x, 2 * QUAD));
    d = f32x4.add(d, v128.load(x, 3 * QUAD));
    x += step;
  }
  carry(totals, a);
  carry(totals + 2 * QUAD, b);
  carry(totals + 4 * QUAD, c);
  carry(totals + 6 * QUAD, d);
}

/** Adds fewer. */
function addPart(x: usize, totals: usize, rows: i32, step: usize, width: i32): void {
  for (let i = 0; i < width; i++) {
    let from = x + (<usize>i << 2);
    let sum: f32 = 0;
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(from);
      from += step;
    }
    const to = totals + (<usize>i << 3);
    store<f64>(to, load<f64>(to) + <f64>sum);
  }
}

/** Adds four floats to four float64 totals. */
// @ts-ignore: decorator
@inline
function carry(to: usize, x: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(x)));
  const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3);
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
}
