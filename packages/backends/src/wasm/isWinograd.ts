import type { Geometry } from '../geometry.js';

/** Whether Winograd's F(4×4, 3×3) computes this convolution. */
export function isWinograd(g: Geometry): boolean {
  return (
    g.filterHeight === 3 &&
    g.filterWidth === 3 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.dilationHeight === 1 &&
    g.dilationWidth === 1 &&
    // Tiles lie in memory by eights of channels: a group must not share one with another.
    (g.groups === 1 || ((g.channels / g.groups) % 8 === 0 && (g.outputs / g.groups) % 8 === 0))
  );
}
