/**
 * Bytes of images to floats of mixed images. Each function does what the one of its name in src/fast/scriptPasses.ts does, and
 * gives the very same numbers: sums of bytes are whole numbers, and a float is one product and one sum, each rounded once.
 *
 * The functions keep no state and allocate nothing: every pointer is a byte address that the caller owns, every count is in
 * elements. An image is `[height, width, channels]` bytes; up to 16 bytes after its end are read and not used.
 */

/** Elements of one step: whole pixels of 1, 2, 3, 4, 6 or 12 channels, three vectors of four. */
const STEP = 12;
/** Steps until a sum of squared bytes could overflow 32 bits: 2³² / 255². */
const STEPS = 66051;

/** Sum of `count` bytes. */
export function sumBytes(from: usize, count: i32): f64 {
  let sums = i32x4.splat(0);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const pairs = i16x8.extadd_pairwise_i8x16_u(v128.load(from + i));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(pairs));
  }
  let sum = <i64><u32>i32x4.extract_lane(sums, 0) + <i64><u32>i32x4.extract_lane(sums, 1)
    + <i64><u32>i32x4.extract_lane(sums, 2) + <i64><u32>i32x4.extract_lane(sums, 3);
  for (; i < count; i++) sum += <i64>load<u8>(from + i);
  return <f64>sum;
}

/**
 * Sums of bytes and of their squares over the pixels x0 ≤ x < x1, y0 ≤ y < y1, for each channel.
 *
 * @param sums `[2][channels]` float64, overwritten.
 */
export function windowSums(
  image: usize, width: i32, channels: i32, x0: i32, x1: i32, y0: i32, y1: i32, sums: usize,
): void {
  const squares = sums + (<usize>channels << 3);
  memory.fill(sums, 0, <usize>channels << 4);
  const bytes = (x1 - x0) * channels;
  const steps = (bytes + STEP - 1) / STEP;
  const pitch = width * channels;
  let row = image + <usize>(y0 * pitch + x0 * channels);
  if (STEP % channels || steps >= STEPS) {
    for (let y = y0; y < y1; y++) {
      for (let i = 0; i < bytes; i++) {
        const v = <f64>load<u8>(row + i);
        const at = <usize>(i % channels) << 3;
        store<f64>(sums + at, load<f64>(sums + at) + v);
        store<f64>(squares + at, load<f64>(squares + at) + v * v);
      }
      row += pitch;
    }
    return;
  }
  // Bytes of the last step that belong to the row.
  const rest = v128.and(
    i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(bytes - (steps - 1) * STEP))),
    i32x4(-1, -1, -1, 0),
  );
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, q0 = s0, q1 = s0, q2 = s0;
  let pending = 0;
  for (let y = y0; y < y1; y++) {
    if (pending + steps > STEPS) {
      carry(sums, channels, s0, s1, s2);
      carry(squares, channels, q0, q1, q2);
      s0 = s1 = s2 = q0 = q1 = q2 = i32x4.splat(0);
      pending = 0;
    }
    for (let i = 0; i < steps; i++) {
      let v = v128.load(row + i * STEP);
      if (i == steps - 1) v = v128.and(v, rest);
      const low = i16x8.extend_low_i8x16_u(v), high = i16x8.extend_high_i8x16_u(v);
      const v0 = i32x4.extend_low_i16x8_u(low), v1 = i32x4.extend_high_i16x8_u(low), v2 = i32x4.extend_low_i16x8_u(high);
      s0 = i32x4.add(s0, v0);
      s1 = i32x4.add(s1, v1);
      s2 = i32x4.add(s2, v2);
      // The upper half of each lane is 0: a product of halves, added in pairs, is the square.
      q0 = i32x4.add(q0, i32x4.dot_i16x8_s(v0, v0));
      q1 = i32x4.add(q1, i32x4.dot_i16x8_s(v1, v1));
      q2 = i32x4.add(q2, i32x4.dot_i16x8_s(v2, v2));
    }
    row += pitch;
    pending += steps;
  }
  carry(sums, channels, s0, s1, s2);
  carry(squares, channels, q0, q1, q2);
}

/**
 * One image as a part of the mix: scale · v + shift for the pixels that the window shows, `fill` for those beside the image.
 *
 * @param out `[height, width, channels]` floats: overwritten, or with `add` added to.
 * @param down, right How far the window lies from the image; the pixel (y, x) of the window is (y + down, x + right) of the image,
 * of the mirrored one with `flip`.
 * @param scale, shift `[12]`, or `[channels]` where those do not divide 12: the channels' numbers over and over.
 * @param reverse `[16]` bytes: where each byte of 12 lies once the order of their pixels is turned round.
 */
export function wave(
  image: usize, out: usize, height: i32, width: i32, channels: i32, down: i32, right: i32, flip: i32,
  scale: usize, shift: usize, fill: f32, add: i32, reverse: usize,
): void {
  const x0 = min(width, max(0, -right)), x1 = max(x0, min(width, width - right));
  const left = x0 * channels, shown = (x1 - x0) * channels, after = (width - x1) * channels;
  for (let y = 0; y < height; y++) {
    const from = y + down;
    if (<u32>from >= <u32>height) {
      border(out, width * channels, fill, add);
      out += <usize>(width * channels) << 2;
      continue;
    }
    border(out, left, fill, add);
    out += <usize>left << 2;
    const x = flip ? width - 1 - (x0 + right) : x0 + right;
    row(image + <usize>((from * width + x) * channels), out, shown, channels, flip, scale, shift, add, reverse);
    out += <usize>shown << 2;
    border(out, after, fill, add);
    out += <usize>after << 2;
  }
}

function row(
  from: usize, out: usize, count: i32, channels: i32, flip: i32, scale: usize, shift: usize, add: i32, reverse: usize,
): void {
  let i = 0;
  if (STEP % channels == 0) {
    const a0 = v128.load(scale), a1 = v128.load(scale, 16), a2 = v128.load(scale, 32);
    const b0 = v128.load(shift), b1 = v128.load(shift, 16), b2 = v128.load(shift, 32);
    const order = flip
      ? v128.load(reverse)
      : i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const step = flip ? -STEP : STEP;
    if (flip) from += channels - STEP;
    if (add) {
      for (; i + STEP <= count; i += STEP) {
        const v = i8x16.swizzle(v128.load(from), order);
        const low = i16x8.extend_low_i8x16_u(v), high = i16x8.extend_high_i8x16_u(v);
        v128.store(out, f32x4.add(v128.load(out), affine(i32x4.extend_low_i16x8_u(low), a0, b0)));
        v128.store(out, f32x4.add(v128.load(out, 16), affine(i32x4.extend_high_i16x8_u(low), a1, b1)), 16);
        v128.store(out, f32x4.add(v128.load(out, 32), affine(i32x4.extend_low_i16x8_u(high), a2, b2)), 32);
        from += step;
        out += STEP << 2;
      }
    } else {
      for (; i + STEP <= count; i += STEP) {
        const v = i8x16.swizzle(v128.load(from), order);
        const low = i16x8.extend_low_i8x16_u(v), high = i16x8.extend_high_i8x16_u(v);
        v128.store(out, affine(i32x4.extend_low_i16x8_u(low), a0, b0));
        v128.store(out, affine(i32x4.extend_high_i16x8_u(low), a1, b1), 16);
        v128.store(out, affine(i32x4.extend_low_i16x8_u(high), a2, b2), 32);
        from += step;
        out += STEP << 2;
      }
    }
    if (flip) from += STEP - channels;
  }
  const pixel = flip ? -channels : channels;
  for (; i < count; i += channels) {
    for (let c = 0; c < channels; c++) {
      const v = <f32>load<u8>(from + c) * load<f32>(scale + (c << 2)) + load<f32>(shift + (c << 2));
      store<f32>(out, add ? load<f32>(out) + v : v);
      out += 4;
    }
    from += pixel;
  }
}

/** Elements beside the image. */
function border(out: usize, count: i32, fill: f32, add: i32): void {
  if (add && fill == 0) return;
  const fills = f32x4.splat(fill);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, add ? f32x4.add(v128.load(out), fills) : fills);
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, add ? load<f32>(out) + fill : fill);
    out += 4;
  }
}

// @ts-ignore: decorator
@inline
function affine(v: v128, scale: v128, shift: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(v), scale), shift);
}

/** Adds sums of steps to the totals of the channels. */
function carry(totals: usize, channels: i32, a: v128, b: v128, c: v128): void {
  let channel = carryFour(totals, channels, 0, a);
  channel = carryFour(totals, channels, channel, b);
  carryFour(totals, channels, channel, c);
}

function carryFour(totals: usize, channels: i32, channel: i32, four: v128): i32 {
  channel = carryOne(totals, channels, channel, i32x4.extract_lane(four, 0));
  channel = carryOne(totals, channels, channel, i32x4.extract_lane(four, 1));
  channel = carryOne(totals, channels, channel, i32x4.extract_lane(four, 2));
  return carryOne(totals, channels, channel, i32x4.extract_lane(four, 3));
}

/** Returns the channel of the next element. */
// @ts-ignore: decorator
@inline
function carryOne(totals: usize, channels: i32, channel: i32, sum: u32): i32 {
  const at = totals + (<usize>channel << 3);
  store<f64>(at, load<f64>(at) + <f64>sum);
  return channel + 1 == channels ? 0 : channel + 1;
}
