import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { joinInWorkgroup } from './joinInWorkgroup.js';
import { flat, pointwise } from './pointwise.js';
import { integers, type WebgpuBackend } from './webgpuKernel.js';

/** The flag of `tf.env()` that has operands of products stored in 16 bits. */
export const F16_FLAG = 'BCL_WEBGPU_F16';

/** Whether operands are to be stored in 16 bits. */
export function inHalves(): boolean {
  return env().getBool(F16_FLAG);
}

/**
 * A tensor's numbers in 16 bits each, times a power of two that brings the largest of them just below the limit of float16: however small
 * gradients are, they keep eleven bits, down to 2⁻²⁸ of the largest, and none is too large.
 */
export interface Halves {
  /** Two numbers to a word, int32 `[words]`. */
  words: TensorInfo;
  /** Bits of the float32 that is the largest magnitude, int32 `[1]`; those of infinity or NaN where there is one. */
  greatest: TensorInfo;
}

/** Stores the numbers of a tensor, of at least one, in 16 bits each. */
export function halves(backend: WebgpuBackend, x: TensorInfo): Halves {
  const greatest = greatestOf(backend, x);
  const count = util.sizeFromShape(x.shape);
  const words = pointwise(backend, {
    name: 'halves',
    inputs: { x: flat(x), greatest },
    shape: [Math.ceil(count / 2)],
    dtype: 'int32',
    integers: { count },
    functions: scaleCode,
    code: `
      let at = 2 * index;
      let pair = vec2<f32>(f32(x[at]), select(0.0, f32(x[min(at + 1, uniforms.count - 1)]), at + 1 < uniforms.count));
      value = bitcast<i32>(pack2x16float(pair * scaleOf(greatest[0])));
    `,
  });
  return { words, greatest };
}

/** WGSL that reads number i of halves bound as `name` and `nameGreatest`. */
export function readHalf(name: string): string {
  return `
    fn ${name}At(i : i32) -> f32 {
      let pair = unpack2x16float(bitcast<u32>(${name}[i >> 1]));
      return select(pair.x, pair.y, (i & 1) == 1);
    }
  `;
}

/**
 * WGSL: `scaleOf` the largest magnitude's bits, 2¹⁴ divided by its power of two but no more than can be undone, and `unscale`, which undoes
 * it for products of two tensors' numbers: two factors, since one alone need not be within float32 where the result is. NaN where not all
 * numbers were finite, since those have no place in 16 bits.
 */
export const scaleCode = `
  fn scaleExponent(greatest : i32) -> i32 {
    return min(268 - (greatest >> 23), 252);
  }
  fn scaleOf(greatest : i32) -> f32 {
    return bitcast<f32>(scaleExponent(greatest) << 23);
  }
  fn unscale(greatest : i32, other : i32) -> vec2<f32> {
    let exponent = 254 - scaleExponent(greatest) - scaleExponent(other);
    let half = exponent / 2;
    let factors = bitcast<vec2<f32>>((vec2<i32>(half, exponent - half) + 127) << vec2<u32>(23));
    return select(factors, vec2<f32>(uniforms.NAN), max(greatest, other) >= 0x7f800000);
  }
`;

/** Threads of a workgroup, and numbers of each that are worth a workgroup of their own. */
const WORKGROUP = 256;
const OWN = 16;
/** Workgroups that keep a large GPU busy. */
const BUSY = 512;

/** Bits of the largest magnitude of a float32 tensor, int32 `[1]`. As whole numbers they have the order of what they stand for, NaN above all. */
function greatestOf(backend: WebgpuBackend, x: TensorInfo): TensorInfo {
  const size = util.sizeFromShape(x.shape);
  const parts = Math.min(BUSY, Math.ceil(size / (WORKGROUP * OWN)));
  const found = greatestOfParts(backend, x, parts, 'magnitude');
  if (parts === 1) return found;
  const greatest = greatestOfParts(backend, found, 1, 'itself');
  backend.disposeData(found.dataId);
  return greatest;
}

/** What is compared: the bits of numbers' magnitudes, or whole numbers themselves. */
const compared = { magnitude: 'bitcast<i32>(f32(x[i])) & 0x7fffffff', itself: 'x[i]' };

/** The greatest of each part, int32 `[parts]`. */
function greatestOfParts(
  backend: WebgpuBackend,
  x: TensorInfo,
  parts: number,
  what: keyof typeof compared,
): TensorInfo {
  const size = util.sizeFromShape(x.shape);
  const program = {
    variableNames: ['x'],
    outputShape: [parts],
    workgroupSize: [WORKGROUP, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0] },
    dispatch: [parts, 1, 1] as [number, number, number],
    uniforms: 'count : i32, partSize : i32, ',
    shaderKey: `bcl_greatest_${what}`,
    getUserCode: () => `
      var<workgroup> found : array<i32, ${WORKGROUP}>;
      fn main(index : i32) {
        let thread = i32(localIndex);
        let part = index / ${WORKGROUP};
        let end = min((part + 1) * uniforms.partSize, uniforms.count);
        var greatest = 0;
        for (var i = part * uniforms.partSize + thread; i < end; i += ${WORKGROUP}) {
          greatest = max(greatest, ${compared[what]});
        }
        found[thread] = greatest;
        ${joinInWorkgroup(WORKGROUP, 1, (a, b) => `max(${a}, ${b})`)}
        if (thread == 0 && part < uniforms.outShape) {
          setOutputAtIndexI32(part, found[0]);
        }
      }
    `,
  };
  return backend.runWebGPUProgram(program, [flat(x)], 'int32', [
    integers(size),
    integers(Math.ceil(size / parts)),
  ]);
}
