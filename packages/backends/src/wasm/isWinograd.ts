import type { Geometry } from '../geometry.js';

/** Whether Winograd's way computes this convolution: filters of 3×3, stride 1 or 2, and results enough to make it the quicker one. */
export function isWinograd(g: Geometry): boolean {
  return (
    g.filterHeight === 3 &&
    g.filterWidth === 3 &&
    g.strideHeight === g.strideWidth &&
    g.strideHeight <= 2 &&
    g.dilationHeight === 1 &&
    g.dilationWidth === 1 &&
    // Tiles lie in memory by eights of channels: a group must not share one with another.
    (g.groups === 1 || ((g.channels / g.groups) % 8 === 0 && (g.outputs / g.groups) % 8 === 0)) &&
    isQuicker(g)
  );
}

/**
 * For each channel and output the direct way takes nine products a result, at a speed somewhat below Winograd's; that takes 36 a tile
 * of 4×4 results, or 81 where the stride is two, and the time of some 600 more to transform the filter. Measured: a single image of 4×4
 * pixels and 512 channels takes it 2 to 8 times as long as the direct way, 64 such images a third.
 */
function isQuicker(g: Geometry): boolean {
  const tiles = g.batch * Math.ceil(g.outHeight / 4) * Math.ceil(g.outWidth / 4);
  const products = g.strideHeight === 1 ? 36 : 81;
  return tiles * products + 600 < 11 * g.batch * g.outHeight * g.outWidth;
}
