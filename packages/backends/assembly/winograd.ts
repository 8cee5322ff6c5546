/**
 * Winograd's minimal filtering F(4×4, 3×3): a 3×3 convolution of stride 1 as 36 matrix products over 6×6 tiles, with a quarter
 * of the multiplications; and F(3×3, 4×4), its filter gradient, on the same input tiles.
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * Interpolation points 0, ±1, ±2, ∞. Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * arXiv:1509.09308; the gradient's matrices are the same Toom–Cook construction with a filter of 4 and an output of 3.
 *
 * Tiles are numbered image by image, row by row. Transformed tiles are kept as
 *   V `[36][channels / 4][stride][4]`  inputs, quads of channels
 *   W `[36][channels / 8][stride][8]`  output gradients, panels of channels
 *   U `[36][channels' / 8][channels][8]`  filters, panels of output channels
 *   M `[36][stride][channels']`  products
 * where the step from one of the 36 to the next is given in bytes, so that it can avoid powers of two.
 */
import { copyRows } from './rows';
import { QUAD, loadPart, storePart } from './simd';

/**
 * Copies one image into a zero-padded one whose channels are a multiple of four.
 *
 * @param from `[height, width, pitch]`: `channels` of the `pitch` values of each pixel are used.
 * @param to `[paddedHeight, paddedWidth, 4 · quads]`, written in full.
 * @param top, left Where the image begins in the padded one; negative values cut it.
 */
export function padImage(
  from: usize, to: usize, height: i32, width: i32, channels: i32, pitch: i32,
  quads: i32, paddedHeight: i32, paddedWidth: i32, top: i32, left: i32,
): void {
  const pixelBytes = <usize>quads << 4;
  const rowBytes = <usize>paddedWidth * pixelBytes;
  const first = max(left, 0);
  const last = max(min(left + width, paddedWidth), first);
  for (let y = 0; y < paddedHeight; y++) {
    const row = to + <usize>y * rowBytes;
    const sourceY = y - top;
    if (sourceY < 0 || sourceY >= height) {
      memory.fill(row, 0, rowBytes);
      continue;
    }
    memory.fill(row, 0, <usize>first * pixelBytes);
    memory.fill(row + <usize>last * pixelBytes, 0, <usize>(paddedWidth - last) * pixelBytes);
    const source = from + (<usize>((sourceY * width + first - left) * pitch) << 2);
    const target = row + <usize>first * pixelBytes;
    if (channels == quads << 2) {
      if (channels == pitch) {
        memory.copy(target, source, <usize>(last - first) * pixelBytes);
      } else {
        copyRows(source, <usize>pitch << 2, target, pixelBytes, last - first, pixelBytes);
      }
    } else {
      for (let x = 0; x < last - first; x++) {
        for (let c = 0; c < quads << 2; c++) {
          store<f32>(
            target + <usize>x * pixelBytes + (<usize>c << 2),
            c < channels ? load<f32>(source + (<usize>(x * pitch + c) << 2)) : 0,
          );
        }
      }
    }
  }
}

/**
 * Bᵀ d B of `count` tiles of one padded image, all channels.
 *
 * @param image `[_, paddedWidth, 4 · quads]`, so padded that every tile lies inside.
 * @param v Where the first of these tiles begins in V (its first quad).
 * @param first Number of the first tile within the image.
 * @param tilesAcross Tiles in a row of the image.
 * @param temporary 36 quads of scratch.
 */
export function winogradInput(
  image: usize, v: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize,
): void {
  const pixelBytes = <usize>quads << 4;
  const rowBytes = <usize>paddedWidth * pixelBytes;
  const quadBytes = <usize>stride << 4;
  // Four quads are one cache line of the image.
  for (let group = 0; group < quads; group += 4) {
    const end = min(group + 4, quads);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const origin = image + <usize>(tile / tilesAcross << 2) * rowBytes + <usize>(tile % tilesAcross << 2) * pixelBytes;
      for (let quad = group; quad < end; quad++) {
        inputTile(
          origin + (<usize>quad << 4), rowBytes, pixelBytes,
          v + <usize>quad * quadBytes + (<usize>t << 4), positionBytes, temporary,
        );
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inputTile(d: usize, rowBytes: usize, pixelBytes: usize, v: usize, positionBytes: usize, temporary: usize): void {
  for (let x = 0; x < 6; x++) {
    inputLine(d, rowBytes, temporary + (<usize>x << 4), 6 * QUAD);
    d += pixelBytes;
  }
  for (let y = 0; y < 6; y++) {
    inputLine(temporary, QUAD, v, positionBytes);
    temporary += 6 * QUAD;
    v += 6 * positionBytes;
  }
}

/** Bᵀ on six quads. */
// @ts-ignore: decorator
@inline
function inputLine(from: usize, step: usize, to: usize, toStep: usize): void {
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

/**
 * G g Gᵀ of all filters.
 *
 * @param filter `[3, 3, channels, ld]`: `outputs` of `ld` values of each row are used.
 * @param u U, written in full, zeros where `outputs` or `channels` are filled up.
 * @param depth `channels` rounded up to a multiple of four.
 */
export function winogradFilter(
  filter: usize, ld: i32, u: usize, channels: i32, outputs: i32, depth: i32, positionBytes: usize, temporary: usize,
): void {
  const tapBytes = <usize>(channels * ld) << 2;
  const panels = (outputs + 7) >> 3;
  for (let panel = 0; panel < panels; panel++) {
    for (let c = 0; c < depth; c++) {
      const to = u + (<usize>(panel * depth + c) << 5);
      for (let half = 0; half < 2; half++) {
        const column = (panel << 3) + (half << 2);
        const from = filter + (<usize>(c * ld + column) << 2);
        filterTile(from, tapBytes, c < channels ? outputs - column : 0, to + (<usize>half << 4), positionBytes, temporary);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function filterTile(g: usize, tapBytes: usize, width: i32, u: usize, positionBytes: usize, temporary: usize): void {
  for (let x = 0; x < 3; x++) {
    const g0 = loadPart(g, width), g1 = loadPart(g + 3 * tapBytes, width), g2 = loadPart(g + 6 * tapBytes, width);
    filterLine(g0, g1, g2, temporary + (<usize>x << 4), 3 * QUAD);
    g += tapBytes;
  }
  for (let y = 0; y < 6; y++) {
    filterLine(v128.load(temporary), v128.load(temporary, 16), v128.load(temporary, 32), u, positionBytes);
    temporary += 3 * QUAD;
    u += 6 * positionBytes;
  }
}

/** G on three quads. */
// @ts-ignore: decorator
@inline
function filterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
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

/**
 * Aᵀ m A of `count` tiles of one image, written where they lie inside it.
 *
 * @param m Where the first of these tiles begins in M.
 * @param columns Values of a row of M, `outputs` rounded up to eight.
 * @param to `[height, width, pitch]`: `outputs` of the `pitch` values of each pixel are written.
 */
export function winogradOutput(
  m: usize, to: usize, height: i32, width: i32, outputs: i32, pitch: i32, columns: i32, first: i32, count: i32,
  tilesAcross: i32, positionBytes: usize, temporary: usize,
): void {
  const pixelBytes = <usize>pitch << 2;
  const rowBytes = <usize>width * pixelBytes;
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const y = tile / tilesAcross << 2;
    const x = tile % tilesAcross << 2;
    const origin = to + <usize>y * rowBytes + <usize>x * pixelBytes;
    const from = m + (<usize>(t * columns) << 2);
    for (let c = 0; c < outputs; c += 4) {
      outputTile(
        from + (<usize>c << 2), positionBytes, origin + (<usize>c << 2), rowBytes, pixelBytes,
        min(height - y, 4), min(width - x, 4), outputs - c, temporary,
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function outputTile(
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

/**
 * G′ dy G′ᵀ of `count` tiles of 4×4 output gradients, as panels of channels.
 *
 * @param image `[_, paddedWidth, 8 · panels]`, so padded that every tile lies inside.
 * @param w Where the first of these tiles begins in W (its first panel).
 */
export function winogradOutputGradient(
  image: usize, w: usize, paddedWidth: i32, panels: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize,
): void {
  const pixelBytes = <usize>panels << 5;
  const rowBytes = <usize>paddedWidth * pixelBytes;
  const panelBytes = <usize>stride << 5;
  for (let group = 0; group < panels; group += 2) {
    const end = min(group + 2, panels);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const origin = image + <usize>(tile / tilesAcross << 2) * rowBytes + <usize>(tile % tilesAcross << 2) * pixelBytes;
      for (let panel = group; panel < end; panel++) {
        for (let half: usize = 0; half < 32; half += 16) {
          gradientTile(
            origin + (<usize>panel << 5) + half, rowBytes, pixelBytes,
            w + <usize>panel * panelBytes + (<usize>t << 5) + half, positionBytes, temporary,
          );
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function gradientTile(d: usize, rowBytes: usize, pixelBytes: usize, w: usize, positionBytes: usize, temporary: usize): void {
  for (let x = 0; x < 4; x++) {
    gradientLine(d, rowBytes, temporary + (<usize>x << 4), 4 * QUAD);
    d += pixelBytes;
  }
  for (let y = 0; y < 6; y++) {
    gradientLine(temporary, QUAD, w, positionBytes);
    temporary += 4 * QUAD;
    w += 6 * positionBytes;
  }
}

/** G′ on four quads. */
// @ts-ignore: decorator
@inline
function gradientLine(from: usize, step: usize, to: usize, toStep: usize): void {
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

/**
 * A′ᵀ p A′: the products summed over all tiles become the filter's gradient.
 *
 * @param p `[36][channels][columns]`.
 * @param to `[3, 3, channels, ld]`: `outputs` of the `ld` values of each row are written.
 */
export function winogradFilterGradient(
  p: usize, to: usize, ld: i32, channels: i32, outputs: i32, columns: i32, positionBytes: usize, temporary: usize,
): void {
  const tapBytes = <usize>(channels * ld) << 2;
  for (let c = 0; c < channels; c++) {
    for (let o = 0; o < outputs; o += 4) {
      filterGradientTile(
        p + (<usize>(c * columns + o) << 2), positionBytes, to + (<usize>(c * ld + o) << 2), tapBytes, outputs - o, temporary,
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function filterGradientTile(
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
