import type { Geometry } from '../geometry.js';

/** What shaders want to know of a convolution: lengths down and across, then channels or outputs. */
export function convolutionNumbers(g: Geometry): Record<string, number[]> {
  return {
    input: [g.height, g.width, g.channels],
    output: [g.outHeight, g.outWidth, g.outputs],
    // Channels and outputs of a group.
    group: [g.channels / g.groups, g.outputs / g.groups],
    taps: [g.filterHeight, g.filterWidth],
    strides: [g.strideHeight, g.strideWidth],
    dilations: [g.dilationHeight, g.dilationWidth],
    pads: [g.padTop, g.padLeft],
  };
}
