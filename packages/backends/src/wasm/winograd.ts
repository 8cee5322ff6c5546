import type { Geometry } from '../geometry.js';
import { type Heap, oddLines } from './heap.js';
import type { Pointer } from './kernelModule.js';

/** Positions of a transformed 6×6 tile. */
const POSITIONS = 36;
/** Scratch of one tile's transform, bytes. */
const TILE_BYTES = POSITIONS * 16;
/** Channels up to which groups are computed together, for the same end. */
const PART_CHANNELS = 128;
/** Most tiles that are transformed and multiplied at a time; keeps a position's tiles in the second-level cache. */
const MOST_TILES = 108;

/**
 * y = x ⋆ filter for a 3×3 convolution of stride 1, by Winograd's F(4×4, 3×3).
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
  const { kernels } = heap;
  const grid = tileGrid(g);
  if (grid.tiles === 0) return;
  const quads = Math.ceil(g.channels / 4);
  const groupQuads = Math.ceil(g.channels / g.groups / 4);
  const depth = groupQuads * 4;
  const panels = Math.ceil(g.outputs / 8);
  const groupPanels = Math.ceil(g.outputs / g.groups / 8);
  const columns = panels * 8;
  const stride = tileStride(grid.tiles);
  const uStep = oddLines(panels * depth * 32);
  const vStep = oddLines(quads * stride * 16);
  const mStep = oddLines(stride * columns * 4);
  const imageBytes = grid.paddedHeight * grid.paddedWidth * quads * 16;

  heap.scratch(
    [POSITIONS * uStep, POSITIONS * vStep, POSITIONS * mStep, imageBytes, TILE_BYTES],
    (u, v, m, image, temporary) => {
      kernels.winogradFilter(
        filter,
        g.outputPitch,
        u,
        g.channels / g.groups,
        g.outputs,
        depth,
        uStep,
        temporary,
      );
      const transformInputs = inputTransform(heap, x, v, g, { image, temporary });
      for (let begin = 0; begin < grid.tiles; begin += stride) {
        const end = Math.min(begin + stride, grid.tiles);
        transformInputs(begin, end);
        for (let p = 0; p < POSITIONS; p++) {
          for (let group = 0; group < g.groups; group++) {
            kernels.gemmQuads(
              v + p * vStep + group * groupQuads * stride * 16,
              u + p * uStep + group * groupPanels * depth * 32,
              m + p * mStep + group * groupPanels * 32,
              end - begin,
              groupQuads,
              stride,
              groupPanels,
              columns,
            );
          }
        }
        forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
          kernels.winogradOutput(
            m + at * columns * 4,
            y + n * g.outHeight * g.outWidth * g.outputPitch * 4,
            g.outHeight,
            g.outWidth,
            g.outputs,
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
    },
  );
}

/**
 * dx = dy ⋆ the filter turned by half a circle, inputs and outputs exchanged.
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
  const channels = g.channels / g.groups;
  const outputs = g.outputs / g.groups;
  const matrixBytes = channels * g.outputs * 4;
  heap.scratch([9 * matrixBytes], (turned) => {
    for (let tap = 0; tap < 9; tap++) {
      for (let group = 0; group < g.groups; group++) {
        heap.kernels.transpose(
          filter + tap * matrixBytes + group * outputs * 4,
          g.outputs,
          turned + (8 - tap) * matrixBytes + group * channels * 4,
          g.channels,
          channels,
          outputs,
        );
      }
    }
    winogradForward(heap, dy, turned, dx, {
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
  });
}

/**
 * dFilter = Σ over pixels of x ⊗ dy, by F(3×3, 4×4) on the tiles of the forward convolution.
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
  const grid = tileGrid(g);
  const quads = Math.ceil(g.channels / 4);
  const panels = Math.ceil(g.outputs / 8);
  const columns = panels * 8;
  const stride = tileStride(grid.tiles);
  const vStep = oddLines(quads * stride * 16);
  const wStep = oddLines(panels * stride * 32);
  const channels = g.channels / g.groups;
  const outputs = g.outputs / g.groups;
  const pStep = oddLines(channels * columns * 4);
  const imageBytes = grid.paddedHeight * grid.paddedWidth * quads * 16;
  const gradientBytes = grid.paddedHeight * grid.paddedWidth * columns * 4;

  heap.scratch(
    [
      POSITIONS * vStep,
      POSITIONS * wStep,
      POSITIONS * pStep,
      imageBytes,
      gradientBytes,
      TILE_BYTES,
    ],
    (v, w, p, image, gradient, temporary) => {
      const transformInputs = inputTransform(heap, x, v, g, { image, temporary });
      let padded = -1;
      for (let begin = 0; begin < grid.tiles; begin += stride) {
        const end = Math.min(begin + stride, grid.tiles);
        transformInputs(begin, end);
        forEachImage(begin, end, grid.perImage, (n, first, count, at) => {
          if (n !== padded) {
            kernels.padImage(
              dy + n * g.outHeight * g.outWidth * g.outputPitch * 4,
              gradient,
              g.outHeight,
              g.outWidth,
              g.outputs,
              g.outputPitch,
              panels * 2,
              grid.paddedHeight,
              grid.paddedWidth,
              0,
              0,
            );
            padded = n;
          }
          kernels.winogradOutputGradient(
            gradient,
            w + at * 32,
            grid.paddedWidth,
            panels,
            first,
            count,
            grid.across,
            stride,
            wStep,
            temporary,
          );
        });
        for (let k = 0; k < POSITIONS; k++) {
          for (let group = 0; group < g.groups; group++) {
            kernels.gemmOuter(
              v + k * vStep + group * channels * stride * 4,
              stride,
              w + k * wStep + group * outputs * stride * 4,
              stride,
              p + k * pStep + group * outputs * 4,
              columns,
              channels,
              g.groups === 1 ? columns : outputs,
              end - begin,
              begin > 0 ? 1 : 0,
            );
          }
        }
      }
      kernels.winogradFilterGradient(
        p,
        dFilter,
        g.outputPitch,
        channels,
        g.outputs,
        columns,
        pStep,
        temporary,
      );
    },
  );
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
  { image, temporary }: { image: Pointer; temporary: Pointer },
): (begin: number, end: number) => void {
  const grid = tileGrid(g);
  const quads = Math.ceil(g.channels / 4);
  const stride = tileStride(grid.tiles);
  const vStep = oddLines(quads * stride * 16);
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
      kernels.winogradInput(
        image,
        v + at * 16,
        grid.paddedWidth,
        quads,
        first,
        count,
        grid.across,
        stride,
        vStep,
        temporary,
      );
    });
}

/** Some groups of a convolution: a convolution of its own, whose pixels lie further apart. */
interface Part extends Geometry {
  /** Values from one pixel to the next. */
  channelPitch: number;
  outputPitch: number;
}

/** The parts of a convolution that are computed one after another, and the first channel and output of each. */
function partsOf(g: Geometry): { channel: number; output: number; part: Part }[] {
  const channels = g.channels / g.groups;
  const outputs = g.outputs / g.groups;
  const most = Math.max(1, Math.floor(PART_CHANNELS / Math.max(channels, outputs)));
  const pitches = { channelPitch: g.channels, outputPitch: g.outputs };
  return Array.from({ length: Math.ceil(g.groups / most) }, (_, i) => {
    const groups = Math.min(most, g.groups - i * most);
    const sizes = { groups, channels: groups * channels, outputs: groups * outputs };
    return {
      channel: i * most * channels,
      output: i * most * outputs,
      part: { ...g, ...sizes, ...pitches },
    };
  });
}

interface TileGrid {
  across: number;
  perImage: number;
  tiles: number;
  paddedHeight: number;
  paddedWidth: number;
}

/** The 4×4 output tiles of all images; an image is padded so that each tile's 6×6 input lies inside. */
function tileGrid(g: Geometry): TileGrid {
  const down = Math.ceil(g.outHeight / 4);
  const across = Math.ceil(g.outWidth / 4);
  return {
    across,
    perImage: down * across,
    tiles: g.batch * down * across,
    paddedHeight: down * 4 + 2,
    paddedWidth: across * 4 + 2,
  };
}

/** Tiles in a block: blocks of like size, whole rows of six, and an odd number of cache lines from quad to quad. */
function tileStride(tiles: number): number {
  const blocks = Math.ceil(tiles / MOST_TILES);
  const dozens = Math.ceil(tiles / blocks / 12);
  return 12 * (dozens % 2 === 0 ? dozens + 1 : dozens);
}

/** Calls `visit` with each image's part of the tiles `begin … end`: image, first tile in it, how many, place in the block. */
function forEachImage(
  begin: number,
  end: number,
  perImage: number,
  visit: (n: number, first: number, count: number, at: number) => void,
): void {
  for (let tile = begin; tile < end; ) {
    const n = Math.floor(tile / perImage);
    const first = tile - n * perImage;
    const count = Math.min(perImage - first, end - tile);
    visit(n, first, count, tile - begin);
    tile += count;
  }
}
