import type { Geometry } from '../geometry.js';
import type { Heap } from './heap.js';
import type { Pointer } from './kernelModule.js';
import { multiply } from './product.js';

/** Rows of a product from which packing the filter once more costs nothing that counts. */
const ROWS = 1024;

/** Whether a convolution is one product of the pixels under its steps with the filter: 1×1, without padding and groups. */
export function isPointwise(g: Geometry): boolean {
  return (
    g.filterHeight === 1 &&
    g.filterWidth === 1 &&
    g.groups === 1 &&
    g.padTop === 0 &&
    g.padLeft === 0 &&
    (g.outHeight - 1) * g.strideHeight < g.height &&
    (g.outWidth - 1) * g.strideWidth < g.width
  );
}

/**
 * y = x · filter for each pixel that a step meets.
 *
 * @param x `[batch, height, width, channels]`.
 * @param filter `[1, 1, channels, outputs]`.
 * @param y `[batch, outHeight, outWidth, outputs]`, written in full.
 */
export function pointwiseForward(
  heap: Heap,
  x: Pointer,
  filter: Pointer,
  y: Pointer,
  g: Geometry,
): void {
  const product = { columns: g.outputs, depth: g.channels, transposeA: false, transposeB: false };
  if (isDense(g)) {
    multiply(heap, x, filter, y, { ...product, rows: pixelsOf(g) });
    return;
  }
  forEachBlock(g, (first, count) => {
    const rows = count * g.outHeight * g.outWidth;
    heap.scratch([rows * g.channels * 4], (met) => {
      forEachLine(g, first, count, (line, source, step) => {
        heap.kernels.copyRows(
          x + source,
          step,
          met + line * g.outWidth * g.channels * 4,
          g.channels * 4,
          g.outWidth,
          g.channels * 4,
        );
      });
      const to = y + first * g.outHeight * g.outWidth * g.outputs * 4;
      multiply(heap, met, filter, to, { ...product, rows });
    });
  });
}

/**
 * dx = dy · filterᵀ for the same pixels, zero for those between.
 *
 * @param dy `[batch, outHeight, outWidth, outputs]`.
 * @param dx `[batch, height, width, channels]`, written in full.
 */
export function pointwiseInputGradient(
  heap: Heap,
  dy: Pointer,
  filter: Pointer,
  dx: Pointer,
  g: Geometry,
): void {
  const product = { columns: g.channels, depth: g.outputs, transposeA: false, transposeB: true };
  if (isDense(g)) {
    multiply(heap, dy, filter, dx, { ...product, rows: pixelsOf(g) });
    return;
  }
  heap.fill(dx, g.batch * g.height * g.width * g.channels * 4, 0);
  forEachBlock(g, (first, count) => {
    const rows = count * g.outHeight * g.outWidth;
    heap.scratch([rows * g.channels * 4], (met) => {
      const from = dy + first * g.outHeight * g.outWidth * g.outputs * 4;
      multiply(heap, from, filter, met, { ...product, rows });
      forEachLine(g, first, count, (line, target, step) => {
        heap.kernels.copyRows(
          met + line * g.outWidth * g.channels * 4,
          g.channels * 4,
          dx + target,
          step,
          g.outWidth,
          g.channels * 4,
        );
      });
    });
  });
}

/** Whether the steps meet every pixel, in order. */
function isDense(g: Geometry): boolean {
  return g.outHeight === g.height && g.outWidth === g.width;
}

function pixelsOf(g: Geometry): number {
  return g.batch * g.outHeight * g.outWidth;
}

/** Calls `visit` with images that are computed together: the first, and how many. */
function forEachBlock(g: Geometry, visit: (first: number, count: number) => void): void {
  const most = Math.ceil(ROWS / (g.outHeight * g.outWidth));
  for (let first = 0; first < g.batch; first += most) {
    visit(first, Math.min(most, g.batch - first));
  }
}

/** Calls `visit` with each row of results of some images, where its first pixel lies among the inputs, and bytes from pixel to pixel. */
function forEachLine(
  g: Geometry,
  first: number,
  count: number,
  visit: (line: number, at: Pointer, step: number) => void,
): void {
  const pixel = g.channels * 4;
  for (let n = 0; n < count; n++) {
    for (let row = 0; row < g.outHeight; row++) {
      const y = (first + n) * g.height + row * g.strideHeight;
      visit(n * g.outHeight + row, y * g.width * pixel, g.strideWidth * pixel);
    }
  }
}
