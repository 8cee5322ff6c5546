import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Geometry } from '../geometry.js';
import { convolutionNumbers, underTheFilter } from './convolutionNumbers.js';
import { tiledProduct } from './tiledProduct.js';
import type { WebgpuBackend } from './webgpuKernel.js';
import { zeros } from './zeros.js';

/** dFilter = xᵀ dy: a row for each tap and channel, a column for each output, a term for each pixel of dy; a product for each group. */
export function filterGradient(
  backend: WebgpuBackend,
  x: TensorInfo,
  dy: TensorInfo,
  filterShape: number[],
  g: Geometry,
): TensorInfo {
  const terms = g.batch * g.outHeight * g.outWidth;
  const empty = [x, dy].some(({ shape }) => util.sizeFromShape(shape) === 0);
  if (empty) return zeros(backend, filterShape);
  return tiledProduct(backend, {
    name: 'filterGradient',
    operands: { x, dy },
    outputShape: filterShape,
    products: g.groups,
    rows: g.filterHeight * g.filterWidth * (g.channels / g.groups),
    columns: g.outputs / g.groups,
    depth: terms,
    numbers: { ...convolutionNumbers(g), terms },
    code,
  });
}

const code = `
  fn depthOf(product : i32) -> i32 {
    return uniforms.terms;
  }
  // How far the row's tap is from the first, down, across and in x.
  fn rowAt(product : i32, m : i32) -> vec4<i32> {
    let tap = m / uniforms.group.x;
    let channel = product * uniforms.group.x + m - tap * uniforms.group.x;
    let down = tap / uniforms.taps.y;
    let off = vec2<i32>(down, tap - down * uniforms.taps.y) * uniforms.dilations;
    return vec4<i32>(off, (off.x * uniforms.input.y + off.y) * uniforms.input.z + channel, 0);
  }
  // Where the first tap of a pixel of dy falls, and where that pixel is.
  fn spotAt(product : i32, k : i32) -> vec4<i32> {
    let line = k / uniforms.output.y;
    let image = line / uniforms.output.x;
    let pixel = vec2<i32>(line - image * uniforms.output.x, k - line * uniforms.output.y);
    let corner = pixel * uniforms.strides - uniforms.pads;
    let at = (image * uniforms.input.x + corner.x) * uniforms.input.y + corner.y;
    return vec4<i32>(corner, at * uniforms.input.z, k * uniforms.output.z + product * uniforms.group.y);
  }
  fn right(n : i32, spot : vec4<i32>) -> f32 {
    return dyAt(spot.w + n);
  }
  ${underTheFilter}
`;
