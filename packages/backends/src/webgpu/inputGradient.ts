import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Geometry } from '../geometry.js';
import { convolutionNumbers } from './convolutionNumbers.js';
import { tiledProduct } from './tiledProduct.js';
import type { WebgpuBackend } from './webgpuKernel.js';
import { zeros } from './zeros.js';

/**
 * dx = dy filterᵀ: a row for each pixel of x, a column for each channel, a term for each tap and output; a product for each group.
 *
 * With strides, pixels that the same taps reach, `step` pixels apart, make a product of their own: no tap is visited for nothing.
 */
export function inputGradient(
  backend: WebgpuBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  g: Geometry,
): TensorInfo {
  const inputShape = [g.batch, g.height, g.width, g.channels];
  const empty = [dy, filter].some(({ shape }) => tf.util.sizeFromShape(shape) === 0);
  if (empty) return zeros(backend, inputShape);
  // A dilated filter's taps are not spread evenly over the strides: they all stay in one product, and some terms are zero.
  const step = [
    g.dilationHeight === 1 ? g.strideHeight : 1,
    g.dilationWidth === 1 ? g.strideWidth : 1,
  ] as const;
  const strides = [g.strideHeight / step[0], g.strideWidth / step[1]] as const;
  const even = strides[0] * strides[1] === 1;
  const blocks = [Math.ceil(g.height / step[0]), Math.ceil(g.width / step[1])] as const;
  const taps = Math.ceil(g.filterHeight / step[0]) * Math.ceil(g.filterWidth / step[1]);
  const weights = transposed(backend, filter);
  const dx = tiledProduct(backend, {
    name: even ? 'inputGradient' : 'inputGradientUneven',
    operands: { dy, weights },
    outputShape: inputShape,
    products: step[0] * step[1] * g.groups,
    rows: g.batch * blocks[0] * blocks[1],
    columns: g.channels / g.groups,
    depth: (taps * g.outputs) / g.groups,
    numbers: {
      ...convolutionNumbers(g),
      strides: [...strides],
      step: [...step],
      blocks: [...blocks],
    },
    code: `${code}\n${even ? evenCode : unevenCode}`,
  });
  backend.disposeData(weights.dataId);
  return dx;
}

/** A filter with outputs before channels, so that neighbouring threads read neighbouring weights. */
function transposed(backend: WebgpuBackend, x: TensorInfo): TensorInfo {
  const transpose = tf.getKernel('Transpose', 'webgpu').kernelFunc;
  const attrs = { perm: [0, 1, 3, 2] } as unknown as tf.NamedAttrMap;
  return transpose({ inputs: { x }, backend, attrs }) as TensorInfo;
}

const code = `
  fn groupOf(product : i32) -> i32 {
    return product / (uniforms.step.x * uniforms.step.y);
  }
  // Which of the step's places the pixels of a product have, padding counted.
  fn phaseOf(product : i32) -> vec2<i32> {
    let place = product - groupOf(product) * uniforms.step.x * uniforms.step.y;
    let down = place / uniforms.step.y;
    return vec2<i32>(down, place - down * uniforms.step.y);
  }
  // How many taps reach them, down and across.
  fn tapsOf(product : i32) -> vec2<i32> {
    return (uniforms.taps - phaseOf(product) + uniforms.step - 1) / uniforms.step;
  }
  // Row, column and image of a pixel.
  fn pixelOf(product : i32, m : i32) -> vec3<i32> {
    let line = m / uniforms.blocks.y;
    let image = line / uniforms.blocks.x;
    let block = vec2<i32>(line - image * uniforms.blocks.x, m - line * uniforms.blocks.y);
    let lead = uniforms.pads % uniforms.step;
    let first = (phaseOf(product) - lead + uniforms.step) % uniforms.step;
    return vec3<i32>(first + block * uniforms.step, image);
  }
  fn depthOf(product : i32) -> i32 {
    let taps = tapsOf(product);
    return taps.x * taps.y * uniforms.group.y;
  }
  // Where the product's first tap comes from, in steps, and the image's first line of dy.
  fn rowAt(product : i32, m : i32) -> vec4<i32> {
    let pixel = pixelOf(product, m);
    return vec4<i32>((pixel.xy + uniforms.pads) / uniforms.step, pixel.z * uniforms.output.x, 0);
  }
  // How many steps a tap is from that, its output, and where its weights are.
  fn spotAt(product : i32, k : i32) -> vec4<i32> {
    let nth = k / uniforms.group.y;
    let output = groupOf(product) * uniforms.group.y + k - nth * uniforms.group.y;
    let across = tapsOf(product).y;
    let down = nth / across;
    let off = vec2<i32>(down, nth - down * across);
    let tap = phaseOf(product) + off * uniforms.step;
    let at = (tap.x * uniforms.taps.y + tap.y) * uniforms.output.z + output;
    return vec4<i32>(off * uniforms.dilations, output, at * uniforms.group.x);
  }
  fn right(n : i32, spot : vec4<i32>) -> f32 {
    return weightsAt(spot.w + n);
  }
  fn placeOf(product : i32, m : i32) -> i32 {
    let pixel = pixelOf(product, m);
    if (any(pixel.xy >= uniforms.input.xy)) {
      return -1;
    }
    let at = (pixel.z * uniforms.input.x + pixel.x) * uniforms.input.y + pixel.y;
    return at * uniforms.input.z + groupOf(product) * uniforms.group.x;
  }
`;

const evenCode = `
  fn left(row : vec4<i32>, spot : vec4<i32>) -> f32 {
    let at = row.xy - spot.xy;
    if (any(at < vec2<i32>(0)) || any(at >= uniforms.output.xy)) {
      return 0.0;
    }
    return dyAt(((row.z + at.x) * uniforms.output.y + at.y) * uniforms.output.z + spot.z);
  }
`;

const unevenCode = `
  fn left(row : vec4<i32>, spot : vec4<i32>) -> f32 {
    let reach = row.xy - spot.xy;
    let at = reach / uniforms.strides;
    if (any(reach < vec2<i32>(0)) || any(at * uniforms.strides != reach) || any(at >= uniforms.output.xy)) {
      return 0.0;
    }
    return dyAt(((row.z + at.x) * uniforms.output.y + at.y) * uniforms.output.z + spot.z);
  }
`;
