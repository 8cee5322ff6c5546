import type { Geometry } from '../geometry.js';

/** Channels up to which groups are computed together, so that a position's tiles stay in the second-level cache. */
const PART_CHANNELS = 128;

/** Some groups of a convolution: a convolution of its own, whose pixels lie further apart. */
export interface Part extends Geometry {
  /** Values from one pixel to the next. */
  channelPitch: number;
  outputPitch: number;
}

/** The parts of a convolution that are computed one after another, and the first channel and output of each. */
export function partsOf(g: Geometry): { channel: number; output: number; part: Part }[] {
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

/** Results of a tile in a line. */
const TILE = 4;

/** How the images of a convolution of 3×3 filters are cut into tiles. */
export interface TileGrid {
  across: number;
  perImage: number;
  tiles: number;
  /** Size of an image that is so padded that the inputs of each tile lie inside. */
  paddedHeight: number;
  paddedWidth: number;
  /** Size of an image of results that all tiles fill. */
  resultHeight: number;
  resultWidth: number;
  /** Tiles that are transformed and multiplied at a time, and from one quad or panel of channels to the next. */
  stride: number;
}

/** @param most Most tiles at a time. */
export function tileGrid(g: Geometry, most: number): TileGrid {
  const down = Math.ceil(g.outHeight / TILE);
  const across = Math.ceil(g.outWidth / TILE);
  const tiles = g.batch * down * across;
  return {
    across,
    perImage: down * across,
    tiles,
    paddedHeight: down * TILE * g.strideHeight + 3 - g.strideHeight,
    paddedWidth: across * TILE * g.strideWidth + 3 - g.strideWidth,
    resultHeight: down * TILE,
    resultWidth: across * TILE,
    stride: tileStride(tiles, most),
  };
}

/** Blocks of like size, whole rows of six, and an odd number of cache lines from quad to quad. */
function tileStride(tiles: number, most: number): number {
  const blocks = Math.ceil(tiles / most);
  const dozens = Math.ceil(tiles / blocks / 12);
  return 12 * (dozens % 2 === 0 ? dozens + 1 : dozens);
}

/** Calls `visit` with each image's part of the tiles `begin … end`: image, first tile in it, how many, place in the block. */
export function forEachImage(
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
