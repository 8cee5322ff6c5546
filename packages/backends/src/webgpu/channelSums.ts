import type { TensorInfo } from '@tensorflow/tfjs-core';
import { joinInWorkgroup } from './joinInWorkgroup.js';
import { flat, pointwise } from './pointwise.js';
import { integers, type WebgpuBackend } from './webgpuKernel.js';

/**
 * What is gathered over the rows of `[rows, channels]`, a vector of three for each channel. In WGSL:
 *
 * - `fn take(sums : vec3<f32>, at : i32, channel : i32, nth : i32) -> vec3<f32>`: with the value at one more place, the thread's nth;
 * - `fn close(sums : vec3<f32>, count : i32) -> vec3<f32>`: what a thread has, after its last value;
 * - `fn join(a : vec3<f32>, b : vec3<f32>) -> vec3<f32>`: of two parts; zeros are of none.
 */
export interface ChannelSums {
  /** Names the code. */
  name: string;
  inputs: Record<string, TensorInfo>;
  rows: number;
  channels: number;
  epsilon: number;
  code: string;
}

/** Threads of a workgroup, and how many of them may stand side by side on the channels of a row. */
const WORKGROUP = 256;
const WIDTHS = [32, 8, 1];
/** Workgroups that keep a large GPU busy, and rows that are worth a part of their own. */
const BUSY = 512;
const PART_ROWS = 16;

/**
 * Gathers over rows, channel by channel, in parts that follow each other: the same result from run to run. No value is lost in a large sum,
 * since each thread, each workgroup and then the parts are summed apart.
 *
 * @returns `[parts, channels, 3]`, for `joined`.
 */
export function channelSums(backend: WebgpuBackend, s: ChannelSums): TensorInfo {
  const { rows, channels } = s;
  const width = WIDTHS.find((width) => width <= channels) as number;
  const deep = WORKGROUP / width;
  const tiles = Math.ceil(channels / width);
  const parts = Math.ceil(Math.min(BUSY / tiles, rows / (deep * PART_ROWS)));
  const partRows = Math.ceil(rows / parts);
  const program = {
    variableNames: Object.keys(s.inputs),
    outputShape: [parts * channels * 3],
    workgroupSize: [WORKGROUP, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0] },
    dispatch: [tiles * parts, 1, 1] as [number, number, number],
    uniforms:
      'epsilon : f32, rows : i32, channels : i32, partRows : i32, parts : i32, tiles : i32, ',
    shaderKey: `bcl_${s.name}_${width}`,
    getUserCode: () => `
      var<workgroup> found : array<vec3<f32>, ${WORKGROUP}>;
      ${s.code}
      fn main(index : i32) {
        let thread = i32(localIndex);
        let tile = index / ${WORKGROUP};
        let part = tile / uniforms.tiles;
        let channel = (tile - part * uniforms.tiles) * ${width} + thread % ${width};
        let first = part * uniforms.partRows + thread / ${width};
        let end = min((part + 1) * uniforms.partRows, uniforms.rows);
        var sums = vec3<f32>(0.0);
        var count = 0;
        if (channel < uniforms.channels && part < uniforms.parts) {
          for (var row = first; row < end; row += ${deep}) {
            sums = take(sums, row * uniforms.channels + channel, channel, count);
            count++;
          }
          if (count > 0) {
            sums = close(sums, count);
          }
        }
        found[thread] = sums;
        ${joinInWorkgroup(WORKGROUP, width, (a, b) => `join(${a}, ${b})`)}
        if (thread < ${width} && channel < uniforms.channels && part < uniforms.parts) {
          let to = (part * uniforms.channels + channel) * 3;
          setOutputAtIndex(to, found[thread].x);
          setOutputAtIndex(to + 1, found[thread].y);
          setOutputAtIndex(to + 2, found[thread].z);
        }
      }
    `,
  };
  const found = backend.runWebGPUProgram(program, Object.values(s.inputs).map(flat), 'float32', [
    { type: 'float32', data: [s.epsilon] },
    integers(rows),
    integers(channels),
    integers(partRows),
    integers(parts),
    integers(tiles),
  ]);
  return { ...found, shape: [parts, channels, 3] };
}

/** One number for each channel from what was gathered. */
export interface Joined {
  /** Names the code. */
  name: string;
  sums: TensorInfo;
  /** Vectors of the channels. */
  inputs?: Record<string, TensorInfo>;
  numbers?: Record<string, number>;
  /** `join`, as it was for the sums. */
  join: string;
  /** WGSL for the number, of `all`, the sums joined, and the channel `index`. */
  value: string;
}

/** Joins the parts in their order and takes a number from them, `[channels]`. */
export function joined(backend: WebgpuBackend, j: Joined): TensorInfo {
  const [parts, channels] = j.sums.shape as [number, number];
  return pointwise(backend, {
    name: j.name,
    inputs: { sums: j.sums, ...j.inputs },
    shape: [channels],
    numbers: j.numbers ?? {},
    integers: { parts },
    functions: j.join,
    code: `
      var all = vec3<f32>(0.0);
      for (var part = 0; part < uniforms.parts; part++) {
        let at = (part * uniforms.size + index) * 3;
        all = join(all, vec3<f32>(sums[at], sums[at + 1], sums[at + 2]));
      }
      value = ${j.value};
    `,
  });
}
