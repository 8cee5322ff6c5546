import type { Geometry } from './geometry.js';
import type { Heap } from './heap.js';
import type { Pointer } from './kernelModule.js';

/** Rows of the implicit matrix that share one table of addresses; a multiple of six. */
const ROWS = 192;
/** Pixels that a filter gradient sums over at a time; a packed panel of them stays in the first-level cache. */
const PIXELS = 384;

/**
 * y = x ⋆ filter for every stride, padding and dilation, as a matrix product whose left side is found through addresses.
 *
 * @param x `[batch, height, width, channels]`.
 * @param filter `[filterHeight, filterWidth, channels / groups, outputs]`.
 * @param y `[batch, outHeight, outWidth, outputs]`, written in full.
 */
export function directForward(
  heap: Heap,
  x: Pointer,
  filter: Pointer,
  y: Pointer,
  g: Geometry,
): void {
  const taps = g.filterHeight * g.filterWidth;
  const pixels = g.batch * g.outHeight * g.outWidth;
  const depth = g.channels / g.groups;
  const columns = g.outputs / g.groups;
  implicitProduct(heap, {
    rows: pixels,
    taps,
    depth,
    columns,
    groups: g.groups,
    packFilter: (to, group) =>
      heap.kernels.packPanels(
        filter + group * columns * 4,
        g.outputs,
        to,
        taps * depth,
        taps * depth,
        columns,
      ),
    locate: (row, zeros, table, at, step) => {
      const n = Math.floor(row / (g.outHeight * g.outWidth));
      const rest = row - n * g.outHeight * g.outWidth;
      const outY = Math.floor(rest / g.outWidth);
      const outX = rest - outY * g.outWidth;
      let tap = at;
      for (let ky = 0; ky < g.filterHeight; ky++) {
        const inY = outY * g.strideHeight - g.padTop + ky * g.dilationHeight;
        const inside = inY >= 0 && inY < g.height;
        for (let kx = 0; kx < g.filterWidth; kx++) {
          const inX = outX * g.strideWidth - g.padLeft + kx * g.dilationWidth;
          table[tap] =
            inside && inX >= 0 && inX < g.width
              ? x + ((n * g.height + inY) * g.width + inX) * g.channels * 4
              : zeros;
          tap += step;
        }
      }
      return y + row * g.outputs * 4;
    },
  });
}

/**
 * dx of the same convolution. Pixels are taken phase by phase of the stride, so that the taps that do not reach a phase are
 * skipped rather than multiplied by zero.
 *
 * @param dy `[batch, outHeight, outWidth, outputs]`.
 * @param dx `[batch, height, width, channels]`, written in full.
 */
export function directInputGradient(
  heap: Heap,
  dy: Pointer,
  filter: Pointer,
  dx: Pointer,
  g: Geometry,
): void {
  const taps = g.filterHeight * g.filterWidth;
  const depth = g.outputs / g.groups;
  const columns = g.channels / g.groups;
  const matrix = columns * g.outputs;
  const order = phaseOrder(g);
  const perImage = g.height * g.width;
  implicitProduct(heap, {
    rows: g.batch * perImage,
    taps,
    depth,
    columns,
    groups: g.groups,
    packFilter: (to, group) => {
      for (let tap = 0; tap < taps; tap++) {
        heap.kernels.packPanelsTransposed(
          filter + (tap * matrix + group * depth) * 4,
          g.outputs,
          to + tap * depth * 32,
          taps * depth,
          depth,
          columns,
        );
      }
    },
    locate: (row, zeros, table, at, step) => {
      const place = Math.floor(row / g.batch);
      const n = row - place * g.batch;
      const pixel = order[place] as number;
      const inY = Math.floor(pixel / g.width);
      const inX = pixel - inY * g.width;
      let tap = at;
      for (let ky = 0; ky < g.filterHeight; ky++) {
        const upY = inY + g.padTop - ky * g.dilationHeight;
        const outY = upY / g.strideHeight;
        const inside = upY >= 0 && outY < g.outHeight && Number.isInteger(outY);
        for (let kx = 0; kx < g.filterWidth; kx++) {
          const upX = inX + g.padLeft - kx * g.dilationWidth;
          const outX = upX / g.strideWidth;
          table[tap] =
            inside && upX >= 0 && outX < g.outWidth && Number.isInteger(outX)
              ? dy + ((n * g.outHeight + outY) * g.outWidth + outX) * g.outputs * 4
              : zeros;
          tap += step;
        }
      }
      return dx + (n * perImage + pixel) * g.channels * 4;
    },
  });
}

/**
 * dFilter of the same convolution: for each tap a sum of outer products of input and output gradient over all pixels.
 *
 * @param dFilter `[filterHeight, filterWidth, channels / groups, outputs]`, written in full.
 */
export function directFilterGradient(
  heap: Heap,
  x: Pointer,
  dy: Pointer,
  dFilter: Pointer,
  g: Geometry,
): void {
  const { kernels } = heap;
  const pixels = g.batch * g.outHeight * g.outWidth;
  const channels = g.channels / g.groups;
  const outputs = g.outputs / g.groups;
  const quadBytes = PIXELS * Math.ceil(channels / 4) * 16;
  const panelBytes = PIXELS * Math.ceil(outputs / 8) * 32;
  heap.scratch(
    [quadBytes, g.groups * panelBytes, PIXELS * 4, g.channels * 4],
    (a, b, table, zeros) => {
      heap.fill(zeros, g.channels * 4, 0);
      const addresses = heap.u32(table, PIXELS);
      for (let begin = 0; begin < pixels; begin += PIXELS) {
        const count = Math.min(PIXELS, pixels - begin);
        for (let group = 0; group < g.groups; group++) {
          const from = dy + (begin * g.outputs + group * outputs) * 4;
          kernels.packPanels(from, g.outputs, b + group * panelBytes, PIXELS, count, outputs);
        }
        for (let ky = 0; ky < g.filterHeight; ky++) {
          for (let kx = 0; kx < g.filterWidth; kx++) {
            for (let i = 0; i < count; i++) {
              const row = Math.floor((begin + i) / g.outWidth);
              const outX = begin + i - row * g.outWidth;
              const n = Math.floor(row / g.outHeight);
              const inY =
                (row - n * g.outHeight) * g.strideHeight - g.padTop + ky * g.dilationHeight;
              const inX = outX * g.strideWidth - g.padLeft + kx * g.dilationWidth;
              addresses[i] =
                inY >= 0 && inY < g.height && inX >= 0 && inX < g.width
                  ? x + ((n * g.height + inY) * g.width + inX) * g.channels * 4
                  : zeros;
            }
            const to = dFilter + (ky * g.filterWidth + kx) * channels * g.outputs * 4;
            for (let group = 0; group < g.groups; group++) {
              kernels.packQuadsIndirect(table, group * channels * 4, a, PIXELS, count, channels);
              kernels.gemmOuter(
                a,
                PIXELS,
                b + group * panelBytes,
                PIXELS,
                to + group * outputs * 4,
                g.outputs,
                channels,
                outputs,
                count,
                begin > 0 ? 1 : 0,
              );
            }
          }
        }
      }
    },
  );
}

interface ImplicitProduct {
  rows: number;
  taps: number;
  /** Values of a tap, and columns of the result, of one group. */
  depth: number;
  columns: number;
  groups: number;
  /** Writes the right side of a group as panels `[columns / 8][taps][depth][8]`. */
  packFilter(to: Pointer, group: number): void;
  /** Writes the addresses of a row's taps to `table[at + tap · step]` and says where the row's result goes. */
  locate(row: number, zeros: Pointer, table: Uint32Array, at: number, step: number): Pointer;
}

function implicitProduct(
  heap: Heap,
  { rows, taps, depth, columns, groups, packFilter, locate }: ImplicitProduct,
): void {
  const panelBytes = Math.ceil(columns / 8) * taps * depth * 32;
  const zeroBytes = groups * depth * 4;
  heap.scratch(
    [groups * panelBytes, ROWS * taps * 4, ROWS * 4, zeroBytes],
    (b, table, targets, zeros) => {
      for (let group = 0; group < groups; group++) packFilter(b + group * panelBytes, group);
      heap.fill(zeros, zeroBytes, 0);
      const addresses = heap.u32(table, ROWS * taps);
      const results = heap.u32(targets, ROWS);
      for (let begin = 0; begin < rows; begin += ROWS) {
        const count = Math.min(ROWS, rows - begin);
        // Rows beyond the last repeat it: their results are not written.
        for (let i = 0; i < Math.ceil(count / 6) * 6; i++) {
          const row = begin + Math.min(i, count - 1);
          results[i] = locate(row, zeros, addresses, Math.floor(i / 6) * taps * 6 + (i % 6), 6);
        }
        for (let group = 0; group < groups; group++) {
          heap.kernels.gemmRows(
            table,
            zeros,
            group * depth * 4,
            b + group * panelBytes,
            targets,
            group * columns * 4,
            count,
            columns,
            taps,
            depth,
          );
        }
      }
    },
  );
}

/** The pixels of an image, those of one stride phase after those of another. */
function phaseOrder(g: Geometry): Uint32Array {
  const order = new Uint32Array(g.height * g.width);
  let next = 0;
  for (let phaseY = 0; phaseY < Math.min(g.strideHeight, g.height); phaseY++) {
    for (let phaseX = 0; phaseX < Math.min(g.strideWidth, g.width); phaseX++) {
      for (let y = phaseY; y < g.height; y += g.strideHeight) {
        for (let x = phaseX; x < g.width; x += g.strideWidth) order[next++] = y * g.width + x;
      }
    }
  }
  return order;
}
