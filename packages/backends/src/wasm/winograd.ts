import type { Geometry } from '../geometry.js';
import { type Heap, oddLines } from './heap.js';
import type { Pointer } from './kernelModule.js';
import { forEachImage, type Part, partsOf, type TileGrid, tileGrid } from './tiles.js';
import { type TileTransforms, tileTransforms } from './tileTransforms.js';

/** Outputs of a section, a multiple of eight. */
const SECTION = 64;

/**
 * y = x ⋆ filter for a 3×3 convolution of stride 1 or 2, by Winograd's minimal filtering of tiles of 4×4 results.
 *
 * @param x `[batch, height, width, channels]`.
 * @param filter `[3, 3, channels / groups, outputs]`.
 * @param y `[batch, outHeight, outWidth, outputs]`, written in full.
 */
export function winogradForward(
  heap: Heap,
  x: Pointer,
  filter: Pointer,
  y: Pointer,
  g: Geometry,
): void {
  for (const { channel, output, part } of partsOf(g)) {
    forwardPart(heap, x + channel * 4, filter + output * 4, y + output * 4, part);
  }
}

function forwardPart(heap: Heap, x: Pointer, filter: Pointer, y: Pointer, g: Part): void {
  const transforms = tileTransforms(heap.kernels, g);
  const grid = tileGrid(g, transforms.mostTiles);
  if (grid.tiles === 0) return;
  const product = tileProduct(heap, g.channels, g.outputs, { g, grid, transforms });
  const { columns, mStep } = product;

  heap.scratch(
    [
      ...product.sizes,
      grid.paddedHeight * grid.paddedWidth * Math.ceil(g.channels / 4) * 16,
      transforms.products.length * 16,
    ],
    (u, v, m, image, temporary) => {
      const transformInputs = inputTransform(heap, x, v, g, transforms, grid, { image, temporary });
      for (let begin = 0; begin < grid.tiles; begin += grid.stride) {
        const end = Math.min(begin + grid.stride, grid.tiles);
        transformInputs(begin, end);
        for (const { first: output, count: outputs } of product.sections) {
          if (begin === 0) {
            const from = filter + output * 4;
            product.transformFilter(from, g.outputPitch, u, outputs, temporary);
          }
          product.multiply(u, v, m, end - begin, outputs);
          forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
            transforms.output(
              m + at * columns * 4,
              y + (n * g.outHeight * g.outWidth * g.outputPitch + output) * 4,
              g.outHeight,
              g.outWidth,
              outputs,
              g.outputPitch,
              columns,
              first,
              count,
              grid.across,
              mStep,
              temporary,
            );
          });
        }
      }
    },
  );
}

/**
 * dx of the same convolution.
 *
 * @param dy `[batch, outHeight, outWidth, outputs]`.
 * @param dx `[batch, height, width, channels]`, written in full.
 */
export function winogradInputGradient(
  heap: Heap,
  dy: Pointer,
  filter: Pointer,
  dx: Pointer,
  g: Geometry,
): void {
  withTransposed(heap, filter, g, (transposed) => {
    if (g.strideHeight === 1) {
      // dx = dy ⋆ the filter turned by half a circle, inputs and outputs exchanged.
      winogradForward(heap, dy, transposed, dx, {
        ...g,
        height: g.outHeight,
        width: g.outWidth,
        channels: g.outputs,
        outHeight: g.height,
        outWidth: g.width,
        outputs: g.channels,
        padTop: 2 - g.padTop,
        padLeft: 2 - g.padLeft,
      });
      return;
    }
    if (g.batch * g.outHeight * g.outWidth === 0) {
      heap.fill(dx, g.batch * g.height * g.width * g.channels * 4, 0);
      return;
    }
    for (const { channel, output, part } of partsOf(g)) {
      stridedInputGradientPart(
        heap,
        dy + output * 4,
        transposed + channel * 4,
        dx + channel * 4,
        part,
      );
    }
  });
}

/** Runs `body` with the filter `[3, 3, outputs / groups, channels]`, for stride 1 turned by half a circle. */
function withTransposed(
  heap: Heap,
  filter: Pointer,
  g: Geometry,
  body: (transposed: Pointer) => void,
): void {
  const channels = g.channels / g.groups;
  const outputs = g.outputs / g.groups;
  const matrixBytes = channels * g.outputs * 4;
  heap.scratch([9 * matrixBytes], (transposed) => {
    for (let tap = 0; tap < 9; tap++) {
      const to = g.strideHeight === 1 ? 8 - tap : tap;
      for (let group = 0; group < g.groups; group++) {
        heap.kernels.transpose(
          filter + tap * matrixBytes + group * outputs * 4,
          g.outputs,
          transposed + to * matrixBytes + group * channels * 4,
          g.channels,
          channels,
          outputs,
        );
      }
    }
    body(transposed);
  });
}

/**
 * dx where tiles of inputs overlap: what each tile of dy sends to its 9×9 pixels is added up in a padded image.
 *
 * @param filter `[3, 3, outputs / groups, channels]`.
 */
function stridedInputGradientPart(
  heap: Heap,
  dy: Pointer,
  filter: Pointer,
  dx: Pointer,
  g: Part,
): void {
  const { kernels } = heap;
  const transforms = tileTransforms(kernels, g);
  const grid = tileGrid(g, transforms.mostTiles);
  const { stride } = grid;
  const quads = Math.ceil(g.outputs / 4);
  const product = tileProduct(heap, g.outputs, g.channels, { g, grid, transforms });
  const { columns, vStep, mStep } = product;
  // Pixels that no tile reaches have a gradient too: zero.
  const height = Math.max(grid.paddedHeight, g.padTop + g.height);
  const width = Math.max(grid.paddedWidth, g.padLeft + g.width);
  const imageBytes = height * width * columns * 4;
  const pixelBytes = g.channelPitch * 4;

  heap.scratch(
    [
      ...product.sizes,
      grid.resultHeight * grid.resultWidth * quads * 16,
      imageBytes,
      transforms.products.length * 16,
    ],
    (u, v, m, gradient, image, temporary) => {
      const padResults = resultPadding(heap, dy, gradient, quads, g, grid);
      for (let begin = 0; begin < grid.tiles; begin += stride) {
        const end = Math.min(begin + stride, grid.tiles);
        forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
          padResults(n);
          kernels.stridedOutputGradient(
            gradient,
            v + at * 16,
            grid.resultWidth,
            quads,
            first,
            count,
            grid.across,
            stride,
            vStep,
            temporary,
            4,
          );
        });
        for (const { first: channel, count: channels } of product.sections) {
          if (begin === 0) {
            const from = filter + channel * 4;
            product.transformFilter(from, g.channelPitch, u, channels, temporary);
          }
          product.multiply(u, v, m, end - begin, channels);
          forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
            if (first === 0) heap.fill(image, imageBytes, 0);
            kernels.stridedInputGradient(
              m + at * columns * 4,
              image,
              width,
              columns / 4,
              first,
              count,
              grid.across,
              mStep,
              temporary,
            );
            if (first + count < grid.perImage) return;
            for (let y = 0; y < g.height; y++) {
              kernels.copyRows(
                image + ((g.padTop + y) * width + g.padLeft) * columns * 4,
                columns * 4,
                dx + (n * g.height + y) * g.width * pixelBytes + channel * 4,
                pixelBytes,
                g.width,
                channels * 4,
              );
            }
          });
        }
      }
    },
  );
}

/**
 * dFilter = Σ over pixels of x ⊗ dy, on the tiles of the forward convolution.
 *
 * @param dFilter `[3, 3, channels / groups, outputs]`, written in full.
 */
export function winogradFilterGradient(
  heap: Heap,
  x: Pointer,
  dy: Pointer,
  dFilter: Pointer,
  g: Geometry,
): void {
  for (const { channel, output, part } of partsOf(g)) {
    filterGradientPart(heap, x + channel * 4, dy + output * 4, dFilter + output * 4, part);
  }
}

function filterGradientPart(heap: Heap, x: Pointer, dy: Pointer, dFilter: Pointer, g: Part): void {
  const { kernels } = heap;
  const transforms = tileTransforms(kernels, g);
  const { products } = transforms;
  const grid = tileGrid(g, transforms.mostTiles);
  const { stride } = grid;
  const quads = Math.ceil(g.channels / 4);
  const panels = Math.ceil(g.outputs / 8);
  const sections = sectionsOf(g.outputs, g, grid);
  const columns = widest(sections);
  const vStep = oddLines(quads * stride * 16);
  const wStep = oddLines(panels * stride * 32);
  const channels = g.channels / g.groups;
  const groupOutputs = g.outputs / g.groups;
  const pStep = oddLines(channels * columns * 4);

  heap.scratch(
    [
      products.length * vStep,
      products.length * wStep,
      transforms.filters * pStep,
      grid.paddedHeight * grid.paddedWidth * quads * 16,
      grid.resultHeight * grid.resultWidth * panels * 32,
      products.length * 16,
    ],
    (v, w, p, image, gradient, temporary) => {
      const transformInputs = inputTransform(heap, x, v, g, transforms, grid, { image, temporary });
      const padResults = resultPadding(heap, dy, gradient, panels * 2, g, grid);
      for (let begin = 0; begin < grid.tiles; begin += stride) {
        const end = Math.min(begin + stride, grid.tiles);
        transformInputs(begin, end);
        forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
          padResults(n);
          transforms.outputGradient(
            gradient,
            w + at * 32,
            grid.resultWidth,
            panels * 2,
            first,
            count,
            grid.across,
            stride,
            wStep,
            temporary,
            8,
          );
        });
        for (const { first: output, count: outputs } of sections) {
          let summed = -1;
          for (const { position, filter } of products) {
            for (let group = 0; group < g.groups; group++) {
              kernels.gemmOuter(
                v + position * vStep + group * channels * stride * 4,
                stride,
                w + position * wStep + (output + group * groupOutputs) * stride * 4,
                stride,
                p + filter * pStep + group * groupOutputs * 4,
                columns,
                channels,
                g.groups === 1 ? Math.ceil(outputs / 8) * 8 : groupOutputs,
                end - begin,
                begin > 0 || filter === summed ? 1 : 0,
              );
            }
            summed = filter;
          }
          if (end < grid.tiles) continue;
          transforms.filterGradient(
            p,
            dFilter + output * 4,
            g.outputPitch,
            channels,
            outputs,
            columns,
            pStep,
            temporary,
          );
        }
      }
    },
  );
}

/** The products of transformed tiles with transformed filters. */
interface TileProduct {
  sections: Section[];
  /** Values of a row of M: the most outputs of a section, rounded up to panels. */
  columns: number;
  /** Bytes from one position to the next. */
  vStep: number;
  mStep: number;
  /** Bytes of U, V and M. */
  sizes: [number, number, number];
  /** Writes U, for a section of `outputs`. */
  transformFilter(
    filter: Pointer,
    pitch: number,
    u: Pointer,
    outputs: number,
    temporary: Pointer,
  ): void;
  /** Writes M: the products of `rows` tiles and a section of `outputs`. */
  multiply(u: Pointer, v: Pointer, m: Pointer, rows: number, outputs: number): void;
}

function tileProduct(
  { kernels }: Heap,
  inputs: number,
  outputs: number,
  { g, grid, transforms }: { g: Part; grid: TileGrid; transforms: TileTransforms },
): TileProduct {
  const { products, filters } = transforms;
  const { stride } = grid;
  const sections = sectionsOf(outputs, g, grid);
  const columns = widest(sections);
  const groupQuads = Math.ceil(inputs / g.groups / 4);
  const depth = groupQuads * 4;
  const uStep = oddLines(depth * columns * 4);
  const vStep = oddLines(Math.ceil(inputs / 4) * stride * 16);
  const mStep = oddLines(stride * columns * 4);
  return {
    sections,
    columns,
    vStep,
    mStep,
    sizes: [filters * uStep, products.length * vStep, products.length * mStep],
    transformFilter(filter, pitch, u, outputs, temporary) {
      transforms.filter(filter, pitch, u, inputs / g.groups, outputs, depth, uStep, temporary);
    },
    multiply(u, v, m, rows, outputs) {
      const groupPanels = Math.ceil(outputs / g.groups / 8);
      for (const { position, filter } of products) {
        for (let group = 0; group < g.groups; group++) {
          kernels.gemmQuads(
            v + position * vStep + group * groupQuads * stride * 16,
            u + filter * uStep + group * groupPanels * depth * 32,
            m + position * mStep + group * groupPanels * 32,
            rows,
            groupQuads,
            stride,
            groupPanels,
            columns,
          );
        }
      }
    },
  };
}

/** Outputs that are computed together. */
interface Section {
  first: number;
  count: number;
}

/**
 * Where all tiles fit into one block, the outputs are taken in sections: each transformed filter is used once, and had better be so
 * while it is in the second-level cache.
 */
function sectionsOf(outputs: number, g: Part, grid: TileGrid): Section[] {
  const most = g.groups === 1 && grid.tiles <= grid.stride ? SECTION : outputs;
  return Array.from({ length: Math.ceil(outputs / most) }, (_, i) => ({
    first: i * most,
    count: Math.min(most, outputs - i * most),
  }));
}

function widest(sections: Section[]): number {
  return Math.ceil(Math.max(0, ...sections.map(({ count }) => count)) / 8) * 8;
}

/**
 * What transforms the input tiles `begin … end` into V, an image being padded once, when its first tile is met.
 *
 * @param v V, of this block of tiles.
 * @param scratch Room for one padded image, and for one tile.
 */
function inputTransform(
  { kernels }: Heap,
  x: Pointer,
  v: Pointer,
  g: Part,
  transforms: TileTransforms,
  grid: TileGrid,
  { image, temporary }: { image: Pointer; temporary: Pointer },
): (begin: number, end: number) => void {
  const quads = Math.ceil(g.channels / 4);
  const vStep = oddLines(quads * grid.stride * 16);
  let padded = -1;
  return (begin, end) =>
    forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
      if (n !== padded) {
        kernels.padImage(
          x + n * g.height * g.width * g.channelPitch * 4,
          image,
          g.height,
          g.width,
          g.channels,
          g.channelPitch,
          quads,
          grid.paddedHeight,
          grid.paddedWidth,
          g.padTop,
          g.padLeft,
        );
        padded = n;
      }
      transforms.input(
        image,
        v + at * 16,
        grid.paddedWidth,
        quads,
        first,
        count,
        grid.across,
        grid.stride,
        vStep,
        temporary,
      );
    });
}

/**
 * What copies the gradient of an image's results, filled up with zeros, to where its tiles are cut from; once for all tiles of the image
 * that follow each other.
 *
 * @param to `[resultHeight, resultWidth, 4 · quads]`.
 */
function resultPadding(
  { kernels }: Heap,
  dy: Pointer,
  to: Pointer,
  quads: number,
  g: Part,
  grid: TileGrid,
): (n: number) => void {
  let padded = -1;
  return (n) => {
    if (n === padded) return;
    padded = n;
    kernels.padImage(
      dy + n * g.outHeight * g.outWidth * g.outputPitch * 4,
      to,
      g.outHeight,
      g.outWidth,
      g.outputs,
      g.outputPitch,
      quads,
      grid.resultHeight,
      grid.resultWidth,
      0,
      0,
    );
  };
}
