/**
 * Passes over `[rows, channels]` values that treat each channel alike: batch normalisation and its gradient.
 *
 * Sums are taken in float32 over blocks of rows and carried on in float64, so that a hundred thousand rows lose nothing.
 */
import { madd } from './simd';

/** Rows that are summed in float32 before they join the float64 totals. */
const BLOCK = 32;

/**
 * Adds up x − pivot and its square for each channel.
 *
 * @param pivot `[channels]`: a value near the mean, so that the squares do not cancel.
 * @param sums `[2][channels]` float64, overwritten.
 */
export function channelMoments(x: usize, pivot: usize, sums: usize, rows: i32, channels: i32): void {
  const step = <usize>channels << 2;
  const squares = sums + (<usize>channels << 3);
  memory.fill(sums, 0, <usize>channels << 4);
  for (let begin = 0; begin < rows; begin += BLOCK) {
    const count = min(BLOCK, rows - begin);
    const block = x + <usize>begin * step;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const p = v128.load(pivot + (<usize>c << 2));
      let from = block + (<usize>c << 2);
      let s = f32x4.splat(0), q = f32x4.splat(0);
      for (let row = 0; row < count; row++) {
        const d = f32x4.sub(v128.load(from), p);
        s = f32x4.add(s, d);
        q = madd(d, d, q);
        from += step;
      }
      carry(sums + (<usize>c << 3), s);
      carry(squares + (<usize>c << 3), q);
    }
    for (; c < channels; c++) {
      const p = load<f32>(pivot + (<usize>c << 2));
      let s: f32 = 0, q: f32 = 0;
      for (let row = 0; row < count; row++) {
        const d = load<f32>(block + <usize>row * step + (<usize>c << 2)) - p;
        s += d;
        q += d * d;
      }
      carryOne(sums + (<usize>c << 3), s);
      carryOne(squares + (<usize>c << 3), q);
    }
  }
}

/** y = scale · x + shift for each channel, and max(0, ·) with `relu`. */
export function channelAffine(
  x: usize, scale: usize, shift: usize, y: usize, rows: i32, channels: i32, relu: i32,
): void {
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  for (let row = 0; row < rows; row++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      const v = f32x4.add(f32x4.mul(v128.load(x + at), v128.load(scale + at)), v128.load(shift + at));
      v128.store(y + at, f32x4.max(v, floor));
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      const v = load<f32>(x + at) * load<f32>(scale + at) + load<f32>(shift + at);
      store<f32>(y + at, relu ? max<f32>(v, 0) : v);
    }
    x += <usize>channels << 2;
    y += <usize>channels << 2;
  }
}

/**
 * Adds up dy and dy · (x − mean) for each channel; with `relu`, only where scale · x + shift is positive.
 *
 * @param sums `[2][channels]` float64, overwritten.
 */
export function channelGradientSums(
  x: usize, dy: usize, mean: usize, scale: usize, shift: usize, sums: usize, rows: i32, channels: i32, relu: i32,
): void {
  const step = <usize>channels << 2;
  const products = sums + (<usize>channels << 3);
  memory.fill(sums, 0, <usize>channels << 4);
  for (let begin = 0; begin < rows; begin += BLOCK) {
    const count = min(BLOCK, rows - begin);
    const offset = <usize>begin * step;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      const m = v128.load(mean + at), a = v128.load(scale + at), b = v128.load(shift + at);
      let fromX = x + offset + at, fromDy = dy + offset + at;
      let s = f32x4.splat(0), q = f32x4.splat(0);
      for (let row = 0; row < count; row++) {
        const v = v128.load(fromX);
        const d = gate(v128.load(fromDy), v, a, b, relu);
        s = f32x4.add(s, d);
        q = madd(d, f32x4.sub(v, m), q);
        fromX += step;
        fromDy += step;
      }
      carry(sums + (<usize>c << 3), s);
      carry(products + (<usize>c << 3), q);
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      let s: f32 = 0, q: f32 = 0;
      for (let row = 0; row < count; row++) {
        const place = offset + <usize>row * step + at;
        const v = load<f32>(x + place);
        const d = gateOne(load<f32>(dy + place), v, load<f32>(scale + at), load<f32>(shift + at), relu);
        s += d;
        q += d * (v - load<f32>(mean + at));
      }
      carryOne(sums + (<usize>c << 3), s);
      carryOne(products + (<usize>c << 3), q);
    }
  }
}

/** dx = a · dy + b · x + c for each channel, dy gated as in `channelGradientSums`. */
export function channelGradient(
  x: usize, dy: usize, scale: usize, shift: usize, a: usize, b: usize, c: usize, dx: usize,
  rows: i32, channels: i32, relu: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let channel = 0;
    for (; channel + 4 <= channels; channel += 4) {
      const at = <usize>channel << 2;
      const v = v128.load(x + at);
      const d = gate(v128.load(dy + at), v, v128.load(scale + at), v128.load(shift + at), relu);
      v128.store(dx + at, madd(v128.load(a + at), d, madd(v128.load(b + at), v, v128.load(c + at))));
    }
    for (; channel < channels; channel++) {
      const at = <usize>channel << 2;
      const v = load<f32>(x + at);
      const d = gateOne(load<f32>(dy + at), v, load<f32>(scale + at), load<f32>(shift + at), relu);
      store<f32>(dx + at, load<f32>(a + at) * d + (load<f32>(b + at) * v + load<f32>(c + at)));
    }
    x += <usize>channels << 2;
    dy += <usize>channels << 2;
    dx += <usize>channels << 2;
  }
}

/** dy where the forward pass let x through: the very expression of `channelAffine`. */
// @ts-ignore: decorator
@inline
function gate(dy: v128, x: v128, scale: v128, shift: v128, relu: i32): v128 {
  if (!relu) return dy;
  return v128.and(dy, f32x4.gt(f32x4.add(f32x4.mul(x, scale), shift), f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function gateOne(dy: f32, x: f32, scale: f32, shift: f32, relu: i32): f32 {
  return relu && !(x * scale + shift > 0) ? 0 : dy;
}

/** Adds four floats to four float64 totals. */
// @ts-ignore: decorator
@inline
function carry(to: usize, x: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(x)));
  const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3);
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
}

// @ts-ignore: decorator
@inline
function carryOne(to: usize, x: f32): void {
  store<f64>(to, load<f64>(to) + <f64>x);
}
