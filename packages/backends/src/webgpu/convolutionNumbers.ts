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

/** What two products share: the pixel of x that a row and a spot come to, zero outside of the image, and where a row of results begins. */
export const underTheFilter = `
  fn left(row : vec4<i32>, spot : vec4<i32>) -> f32 {
    let at = row.xy + spot.xy;
    if (any(at < vec2<i32>(0)) || any(at >= uniforms.input.xy)) {
      return 0.0;
    }
    return xAt(row.z + spot.z);
  }
  fn placeOf(product : i32, m : i32) -> i32 {
    return m * uniforms.output.z + product * uniforms.group.y;
  }
`;
