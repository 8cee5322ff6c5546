import type { Geometry } from '../geometry.js';
import type { Heap } from './heap.js';
import type { Pointer } from './kernelModule.js';

/** Rows of the implicit matrix that share one table of addresses; a multiple of six. */
const ROWS = 192;
/** Pixels that a filter gradient sums over at a time; a packed panel of them stays in the first-level cache. */
const PIXELS = 384;
/** Channels up to which the columns of a filter are taken together. */
const NARROW = 8;

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
  mergeColumns(heap, x, g, (from, { width, padLeft, across, columns: merged }) => {
    const pixels = g.batch * g.outHeight * g.outWidth;
    const taps = g.filterHeight * across;
    const depth = (merged * g.channels) / g.groups;
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
          for (let kx = 0; kx < across; kx++) {
            const inX = outX * g.strideWidth - padLeft + kx * g.dilationWidth;
            table[tap] =
              inside && inX >= 0 && inX < width
                ? from + ((n * g.height + inY) * width + inX) * g.channels * 4
                : zeros;
            tap += step;
          }
        }
        return y + row * g.outputs * 4;
      },
    });
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
  if (g.groups === 1 && g.channels <= NARROW / 2) {
    narrowInputGradient(heap, dy, filter, dx, g);
    return;
  }
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
  const outputs = g.outputs / g.groups;
  mergeColumns(heap, x, g, (from, { width, padLeft, across, columns }) => {
    const channels = (columns * g.channels) / g.groups;
    const quadBytes = PIXELS * Math.ceil(channels / 4) * 16;
    const panelBytes = PIXELS * Math.ceil(outputs / 8) * 32;
    const zeroBytes = columns * g.channels * 4;
    heap.scratch(
      [quadBytes, g.groups * panelBytes, PIXELS * 4, zeroBytes],
      (a, b, table, zeros) => {
        heap.fill(zeros, zeroBytes, 0);
        const addresses = heap.u32(table, PIXELS);
        for (let begin = 0; begin < pixels; begin += PIXELS) {
          const count = Math.min(PIXELS, pixels - begin);
          for (let group = 0; group < g.groups; group++) {
            const gradient = dy + (begin * g.outputs + group * outputs) * 4;
            kernels.packPanels(gradient, g.outputs, b + group * panelBytes, PIXELS, count, outputs);
          }
          for (let ky = 0; ky < g.filterHeight; ky++) {
            for (let kx = 0; kx < across; kx++) {
              for (let i = 0; i < count; i++) {
                const row = Math.floor((begin + i) / g.outWidth);
                const outX = begin + i - row * g.outWidth;
                const n = Math.floor(row / g.outHeight);
                const inY =
                  (row - n * g.outHeight) * g.strideHeight - g.padTop + ky * g.dilationHeight;
                const inX = outX * g.strideWidth - padLeft + kx * g.dilationWidth;
                addresses[i] =
                  inY >= 0 && inY < g.height && inX >= 0 && inX < width
                    ? from + ((n * g.height + inY) * width + inX) * g.channels * 4
                    : zeros;
              }
              const to = dFilter + (ky * across + kx) * channels * g.outputs * 4;
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
  });
}

/** The images of a convolution as its products see them. */
interface Columns {
  /** Pixels of a row, and columns of zeros before them. */
  width: number;
  padLeft: number;
  /** Steps across the filter, and how many of its columns each step takes. */
  across: number;
  columns: number;
}

/**
 * Where an image has few channels, the products of one tap are too short to be quick. The pixels under a row of the filter lie side by
 * side in memory, so they make one tap of all its columns; for that a row may not end under the filter, and rows that would are
 * copied with the zeros around them.
 */
function mergeColumns(
  heap: Heap,
  x: Pointer,
  g: Geometry,
  body: (x: Pointer, columns: Columns) => void,
): void {
  const plain = { width: g.width, padLeft: g.padLeft, across: g.filterWidth, columns: 1 };
  if (g.groups > 1 || g.dilationWidth > 1 || g.filterWidth === 1 || g.channels > NARROW) {
    body(x, plain);
    return;
  }
  const { filterWidth, channels } = g;
  const width = (g.outWidth - 1) * g.strideWidth + filterWidth;
  const merged = { padLeft: 0, across: 1, columns: filterWidth };
  if (g.padLeft === 0 && width <= g.width) {
    body(x, { ...merged, width: g.width });
    return;
  }
  const rows = g.batch * g.height;
  const whole = Math.max(width, g.padLeft + g.width) * channels * 4;
  heap.scratch([rows * whole], (padded) => {
    heap.fill(padded, rows * whole, 0);
    const bytes = g.width * channels * 4;
    heap.kernels.copyRows(x, bytes, padded + g.padLeft * channels * 4, whole, rows, bytes);
    body(padded, { ...merged, width: whole / channels / 4 });
  });
}

/**
 * dx where an image has few channels: dy times the filter gives, for each pixel of dy, what it sends to all pixels under the filter, and
 * these are added up in padded images.
 */
function narrowInputGradient(
  heap: Heap,
  dy: Pointer,
  filter: Pointer,
  dx: Pointer,
  g: Geometry,
): void {
  const { kernels } = heap;
  const pixels = g.batch * g.outHeight * g.outWidth;
  const taps = g.filterHeight * g.filterWidth;
  const columns = taps * g.channels;
  const reachY = (g.outHeight - 1) * g.strideHeight + (g.filterHeight - 1) * g.dilationHeight + 1;
  const reachX = (g.outWidth - 1) * g.strideWidth + (g.filterWidth - 1) * g.dilationWidth + 1;
  const height = Math.max(reachY, g.padTop + g.height);
  const width = Math.max(reachX, g.padLeft + g.width);
  const pixelBytes = g.channels * 4;
  const imageBytes = height * width * pixelBytes;
  // Columns of the filter that lie side by side in the image too.
  const [across, run] = g.dilationWidth === 1 ? [1, g.filterWidth] : [g.filterWidth, 1];
  const steps = g.filterHeight * across;
  heap.scratch(
    [
      Math.ceil(columns / 8) * g.outputs * 32,
      ROWS * columns * 4,
      ROWS * 4,
      ROWS * 4,
      ROWS * steps * 4,
      g.batch * imageBytes,
    ],
    (b, product, table, targets, places, padded) => {
      kernels.packPanelsTransposed(filter, g.outputs, b, g.outputs, g.outputs, columns);
      heap.fill(padded, g.batch * imageBytes, 0);
      const sources = heap.u32(table, ROWS);
      const results = heap.u32(targets, ROWS);
      const sums = heap.u32(places, ROWS * steps);
      for (let begin = 0; begin < pixels; begin += ROWS) {
        const count = Math.min(ROWS, pixels - begin);
        for (let i = 0; i < Math.ceil(count / 6) * 6; i++) {
          const row = begin + Math.min(i, count - 1);
          sources[i] = dy + row * g.outputs * 4;
          results[i] = product + i * columns * 4;
        }
        // No address in the table is that of the zeros: none is skipped.
        kernels.gemmRows(table, 0, 0, b, targets, 0, count, columns, 1, g.outputs);
        for (let i = 0; i < count; i++) {
          const line = Math.floor((begin + i) / g.outWidth);
          const outX = begin + i - line * g.outWidth;
          const n = Math.floor(line / g.outHeight);
          const top = (line - n * g.outHeight) * g.strideHeight;
          for (let ky = 0; ky < g.filterHeight; ky++) {
            const y = n * height + top + ky * g.dilationHeight;
            for (let kx = 0; kx < across; kx++) {
              const at = y * width + outX * g.strideWidth + kx * g.dilationWidth;
              sums[i * steps + ky * across + kx] = padded + at * pixelBytes;
            }
          }
        }
        kernels.addRows(product, places, count * steps, run * g.channels);
      }
      const rowBytes = g.width * pixelBytes;
      for (let n = 0; n < g.batch; n++) {
        const from = padded + n * imageBytes + (g.padTop * width + g.padLeft) * pixelBytes;
        const to = dx + n * g.height * rowBytes;
        kernels.copyRows(from, width * pixelBytes, to, rowBytes, g.height, rowBytes);
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
