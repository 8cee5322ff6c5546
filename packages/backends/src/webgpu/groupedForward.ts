import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Geometry } from '../geometry.js';
import { convolutionNumbers, underTheFilter } from './convolutionNumbers.js';
import { tiledProduct } from './tiledProduct.js';
import type { WebgpuBackend } from './webgpuKernel.js';
import { zeros } from './zeros.js';

/** y = x ⋆ filter: a row for each pixel of y, a column for each output, a term for each tap and channel; a product for each group. */
export function groupedForward(
  backend: WebgpuBackend,
  x: TensorInfo,
  filter: TensorInfo,
  g: Geometry,
): TensorInfo {
  const outputShape = [g.batch, g.outHeight, g.outWidth, g.outputs];
  const empty = [x, filter].some(({ shape }) => util.sizeFromShape(shape) === 0);
  if (empty) return zeros(backend, outputShape);
  return tiledProduct(backend, {
    name: 'groupedForward',
    operands: { x, weights: filter },
    outputShape,
    products: g.groups,
    rows: g.batch * g.outHeight * g.outWidth,
    columns: g.outputs / g.groups,
    depth: g.filterHeight * g.filterWidth * (g.channels / g.groups),
    numbers: convolutionNumbers(g),
    code,
  });
}

const code = `
  fn depthOf(product : i32) -> i32 {
    return uniforms.taps.x * uniforms.taps.y * uniforms.group.x;
  }
  // Where the first tap of a pixel of y falls.
  fn rowAt(product : i32, m : i32) -> vec4<i32> {
    let line = m / uniforms.output.y;
    let image = line / uniforms.output.x;
    let pixel = vec2<i32>(line - image * uniforms.output.x, m - line * uniforms.output.y);
    let corner = pixel * uniforms.strides - uniforms.pads;
    let at = (image * uniforms.input.x + corner.x) * uniforms.input.y + corner.y;
    return vec4<i32>(corner, at * uniforms.input.z + product * uniforms.group.x, 0);
  }
  // How far a tap is from the first, down, across and in x, and where its weights are.
  fn spotAt(product : i32, k : i32) -> vec4<i32> {
    let tap = k / uniforms.group.x;
    let channel = k - tap * uniforms.group.x;
    let down = tap / uniforms.taps.y;
    let off = vec2<i32>(down, tap - down * uniforms.taps.y) * uniforms.dilations;
    let at = (off.x * uniforms.input.y + off.y) * uniforms.input.z + channel;
    return vec4<i32>(off, at, k * uniforms.output.z + product * uniforms.group.y);
  }
  fn right(n : i32, spot : vec4<i32>) -> f32 {
    return weightsAt(spot.w + n);
  }
  ${underTheFilter}
`;
