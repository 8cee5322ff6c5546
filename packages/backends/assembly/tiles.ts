/**
 * The tiles of Winograd's convolutions, for stride 1 (winograd.ts) and stride 2 (winogradStrided.ts): from images to transformed tiles, and
 * from products back to images.
 *
 * Tiles of 4×4 results are numbered image by image, row by row. Transformed, they have 36 positions for stride 1, 81 for stride 2, and are
 * kept as
 *   V `[positions][channels / 4][stride][4]`  inputs, or output gradients, in quads of channels
 *   W `[positions][channels / 8][stride][8]`  output gradients, in panels of channels
 *   U `[36][channels' / 8][channels][8]`  filters, in panels of output channels
 *   M `[positions][stride][channels']`  products
 * where the step from one position to the next is given in bytes, so that it can avoid powers of two.
 */
import { copyRows } from './rows';
import { QUAD, loadPart } from './simd';
import { unitFilterGradientTile, unitFilterLine, unitGradientLine, unitInputLine, unitOutputTile } from './winograd';
import {
  stridedFilterGradientTile, stridedFilterLine, stridedGradientLine, stridedInputGradientTile, stridedInputLine,
  stridedOutputTile,
} from './winogradStrided';

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
 * Transforms the inputs of `count` tiles of one padded image, all channels.
 *
 * @param image `[_, paddedWidth, 4 · quads]`, so padded that every tile lies inside.
 * @param v Where the first of these tiles begins in V (its first quad).
 * @param first Number of the first tile within the image.
 * @param tilesAcross Tiles in a row of the image.
 * @param temporary A quad of scratch for each position.
 */
export function winogradInput(
  image: usize, v: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize,
): void {
  inputTiles(image, v, paddedWidth, quads, first, count, tilesAcross, stride, positionBytes, temporary, false);
}

export function stridedInput(
  image: usize, v: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize,
): void {
  inputTiles(image, v, paddedWidth, quads, first, count, tilesAcross, stride, positionBytes, temporary, true);
}

// @ts-ignore: decorator
@inline
function inputTiles(
  image: usize, v: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize, strided: bool,
): void {
  const pixelBytes = <usize>quads << 4;
  const rowBytes = <usize>paddedWidth * pixelBytes;
  const quadBytes = <usize>stride << 4;
  // Four quads are one cache line of the image.
  for (let group = 0; group < quads; group += 4) {
    const end = min(group + 4, quads);
    for (let t = 0; t < count; t++) {
      const origin = tileOrigin(image, first + t, tilesAcross, strided ? 3 : 2, rowBytes, pixelBytes);
      for (let quad = group; quad < end; quad++) {
        const from = origin + (<usize>quad << 4);
        const to = v + <usize>quad * quadBytes + (<usize>t << 4);
        inputTile(from, rowBytes, pixelBytes, to, positionBytes, temporary, strided);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inputTile(
  d: usize, rowBytes: usize, pixelBytes: usize, v: usize, positionBytes: usize, temporary: usize, strided: bool,
): void {
  const line: usize = strided ? 9 : 6;
  for (let x: usize = 0; x < line; x++) {
    inputLine(d, rowBytes, temporary + (x << 4), line * QUAD, strided);
    d += pixelBytes;
  }
  for (let y: usize = 0; y < line; y++) {
    inputLine(temporary, QUAD, v, positionBytes, strided);
    temporary += line * QUAD;
    v += line * positionBytes;
  }
}

// @ts-ignore: decorator
@inline
function inputLine(from: usize, step: usize, to: usize, toStep: usize, strided: bool): void {
  if (strided) stridedInputLine(from, step, to, toStep);
  else unitInputLine(from, step, to, toStep);
}

/** Where a tile begins in an image of which it takes 2^shift pixels, down and across. */
// @ts-ignore: decorator
@inline
function tileOrigin(
  image: usize, tile: i32, tilesAcross: i32, shift: i32, rowBytes: usize, pixelBytes: usize,
): usize {
  return image + <usize>(tile / tilesAcross << shift) * rowBytes + <usize>(tile % tilesAcross << shift) * pixelBytes;
}

/**
 * Transforms all filters, the 36 that differ.
 *
 * @param filter `[3, 3, channels, ld]`: `outputs` of `ld` values of each row are used.
 * @param u U, written in full, zeros where `outputs` or `channels` are filled up.
 * @param depth `channels` rounded up to a multiple of four.
 * @param temporary 18 quads of scratch.
 */
export function winogradFilter(
  filter: usize, ld: i32, u: usize, channels: i32, outputs: i32, depth: i32, positionBytes: usize, temporary: usize,
): void {
  filterTiles(filter, ld, u, channels, outputs, depth, positionBytes, temporary, false);
}

export function stridedFilter(
  filter: usize, ld: i32, u: usize, channels: i32, outputs: i32, depth: i32, positionBytes: usize, temporary: usize,
): void {
  filterTiles(filter, ld, u, channels, outputs, depth, positionBytes, temporary, true);
}

// @ts-ignore: decorator
@inline
function filterTiles(
  filter: usize, ld: i32, u: usize, channels: i32, outputs: i32, depth: i32, positionBytes: usize, temporary: usize,
  strided: bool,
): void {
  const tapBytes = <usize>(channels * ld) << 2;
  const panels = (outputs + 7) >> 3;
  for (let panel = 0; panel < panels; panel++) {
    for (let c = 0; c < depth; c++) {
      for (let half = 0; half < 2; half++) {
        const column = (panel << 3) + (half << 2);
        const from = filter + (<usize>(c * ld + column) << 2);
        const width = c < channels ? outputs - column : 0;
        const to = u + (<usize>(panel * depth + c) << 5) + (<usize>half << 4);
        filterTile(from, tapBytes, width, to, positionBytes, temporary, strided);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function filterTile(
  g: usize, tapBytes: usize, width: i32, u: usize, positionBytes: usize, temporary: usize, strided: bool,
): void {
  for (let x = 0; x < 3; x++) {
    const g0 = loadPart(g, width), g1 = loadPart(g + 3 * tapBytes, width), g2 = loadPart(g + 6 * tapBytes, width);
    filterLine(g0, g1, g2, temporary + (<usize>x << 4), 3 * QUAD, strided);
    g += tapBytes;
  }
  for (let y = 0; y < 6; y++) {
    filterLine(v128.load(temporary), v128.load(temporary, 16), v128.load(temporary, 32), u, positionBytes, strided);
    temporary += 3 * QUAD;
    u += 6 * positionBytes;
  }
}

// @ts-ignore: decorator
@inline
function filterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize, strided: bool): void {
  if (strided) stridedFilterLine(g0, g1, g2, to, step);
  else unitFilterLine(g0, g1, g2, to, step);
}

/**
 * Transforms the products of `count` tiles of one image back and writes the results where they lie inside it.
 *
 * @param m Where the first of these tiles begins in M.
 * @param columns Values of a row of M, `outputs` rounded up to eight.
 * @param to `[height, width, pitch]`: `outputs` of the `pitch` values of each pixel are written.
 * @param temporary A quad of scratch for each position.
 */
export function winogradOutput(
  m: usize, to: usize, height: i32, width: i32, outputs: i32, pitch: i32, columns: i32, first: i32, count: i32,
  tilesAcross: i32, positionBytes: usize, temporary: usize,
): void {
  outputTiles(m, to, height, width, outputs, pitch, columns, first, count, tilesAcross, positionBytes, temporary, false);
}

export function stridedOutput(
  m: usize, to: usize, height: i32, width: i32, outputs: i32, pitch: i32, columns: i32, first: i32, count: i32,
  tilesAcross: i32, positionBytes: usize, temporary: usize,
): void {
  outputTiles(m, to, height, width, outputs, pitch, columns, first, count, tilesAcross, positionBytes, temporary, true);
}

// @ts-ignore: decorator
@inline
function outputTiles(
  m: usize, to: usize, height: i32, width: i32, outputs: i32, pitch: i32, columns: i32, first: i32, count: i32,
  tilesAcross: i32, positionBytes: usize, temporary: usize, strided: bool,
): void {
  const pixelBytes = <usize>pitch << 2;
  const rowBytes = <usize>width * pixelBytes;
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const origin = tileOrigin(to, tile, tilesAcross, 2, rowBytes, pixelBytes);
    const down = min(height - (tile / tilesAcross << 2), 4);
    const across = min(width - (tile % tilesAcross << 2), 4);
    const from = m + (<usize>(t * columns) << 2);
    for (let c = 0; c < outputs; c += 4) {
      const at = from + (<usize>c << 2);
      const result = origin + (<usize>c << 2);
      if (strided) {
        stridedOutputTile(at, positionBytes, result, rowBytes, pixelBytes, down, across, outputs - c, temporary);
      } else {
        unitOutputTile(at, positionBytes, result, rowBytes, pixelBytes, down, across, outputs - c, temporary);
      }
    }
  }
}

/**
 * Transforms `count` tiles of 4×4 output gradients, all channels.
 *
 * @param image `[_, paddedWidth, 4 · quads]`, so padded that every tile lies inside.
 * @param to Where the first of these tiles begins in V or W.
 * @param temporary A quad of scratch for each position.
 * @param width Channels that lie together there: 4 for V, 8 for W, which takes an even number of quads.
 */
export function winogradOutputGradient(
  image: usize, to: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize, width: i32,
): void {
  gradientTiles(image, to, paddedWidth, quads, first, count, tilesAcross, stride, positionBytes, temporary, width, false);
}

export function stridedOutputGradient(
  image: usize, to: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize, width: i32,
): void {
  gradientTiles(image, to, paddedWidth, quads, first, count, tilesAcross, stride, positionBytes, temporary, width, true);
}

// @ts-ignore: decorator
@inline
function gradientTiles(
  image: usize, to: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  stride: i32, positionBytes: usize, temporary: usize, width: i32, strided: bool,
): void {
  const pixelBytes = <usize>quads << 4;
  const rowBytes = <usize>paddedWidth * pixelBytes;
  const tileBytes = <usize>width << 2;
  for (let group = 0; group < quads; group += 4) {
    const end = min(group + 4, quads);
    for (let t = 0; t < count; t++) {
      const origin = tileOrigin(image, first + t, tilesAcross, 2, rowBytes, pixelBytes);
      for (let quad = group; quad < end; quad++) {
        const channel = quad << 2;
        const from = origin + (<usize>quad << 4);
        const at = to + <usize>(channel / width * stride + t) * tileBytes + (<usize>(channel % width) << 2);
        gradientTile(from, rowBytes, pixelBytes, at, positionBytes, temporary, strided);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function gradientTile(
  d: usize, rowBytes: usize, pixelBytes: usize, w: usize, positionBytes: usize, temporary: usize, strided: bool,
): void {
  const line: usize = strided ? 9 : 6;
  for (let x = 0; x < 4; x++) {
    gradientLine(d, rowBytes, temporary + (<usize>x << 4), 4 * QUAD, strided);
    d += pixelBytes;
  }
  for (let y: usize = 0; y < line; y++) {
    gradientLine(temporary, QUAD, w, positionBytes, strided);
    temporary += 4 * QUAD;
    w += line * positionBytes;
  }
}

// @ts-ignore: decorator
@inline
function gradientLine(from: usize, step: usize, to: usize, toStep: usize, strided: bool): void {
  if (strided) stridedGradientLine(from, step, to, toStep);
  else unitGradientLine(from, step, to, toStep);
}

/**
 * Adds what `count` tiles send to one padded image of input gradients, for stride 2: 9×9 pixels each.
 *
 * @param n Where the first of these tiles begins in M.
 * @param image `[_, paddedWidth, 4 · quads]`; a row of M has as many values as a pixel.
 * @param temporary 81 quads of scratch.
 */
export function stridedInputGradient(
  n: usize, image: usize, paddedWidth: i32, quads: i32, first: i32, count: i32, tilesAcross: i32,
  positionBytes: usize, temporary: usize,
): void {
  const pixelBytes = <usize>quads << 4;
  const rowBytes = <usize>paddedWidth * pixelBytes;
  for (let t = 0; t < count; t++) {
    const origin = tileOrigin(image, first + t, tilesAcross, 3, rowBytes, pixelBytes);
    const from = n + <usize>t * pixelBytes;
    for (let quad: usize = 0; quad < pixelBytes; quad += QUAD) {
      stridedInputGradientTile(from + quad, positionBytes, origin + quad, rowBytes, pixelBytes, temporary);
    }
  }
}

/**
 * Transforms the products, summed over all tiles, into the filter's gradient.
 *
 * @param p `[36][channels][columns]`.
 * @param to `[3, 3, channels, ld]`: `outputs` of the `ld` values of each row are written.
 * @param temporary 18 quads of scratch.
 */
export function winogradFilterGradient(
  p: usize, to: usize, ld: i32, channels: i32, outputs: i32, columns: i32, positionBytes: usize, temporary: usize,
): void {
  filterGradientTiles(p, to, ld, channels, outputs, columns, positionBytes, temporary, false);
}

export function stridedFilterGradient(
  p: usize, to: usize, ld: i32, channels: i32, outputs: i32, columns: i32, positionBytes: usize, temporary: usize,
): void {
  filterGradientTiles(p, to, ld, channels, outputs, columns, positionBytes, temporary, true);
}

// @ts-ignore: decorator
@inline
function filterGradientTiles(
  p: usize, to: usize, ld: i32, channels: i32, outputs: i32, columns: i32, positionBytes: usize, temporary: usize,
  strided: bool,
): void {
  const tapBytes = <usize>(channels * ld) << 2;
  for (let c = 0; c < channels; c++) {
    for (let o = 0; o < outputs; o += 4) {
      const from = p + (<usize>(c * columns + o) << 2);
      const at = to + (<usize>(c * ld + o) << 2);
      if (strided) stridedFilterGradientTile(from, positionBytes, at, tapBytes, outputs - o, temporary);
      else unitFilterGradientTile(from, positionBytes, at, tapBytes, outputs - o, temporary);
    }
  }
}
