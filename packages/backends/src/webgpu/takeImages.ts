import { util } from '@tensorflow/tfjs-core';
import type { TakeImagesAttrs, TakeImagesInputs } from '../takeImagesKernel.js';
import { integers, kernel, type WebgpuKernel, type WebgpuProgram } from './webgpuKernel.js';

/**
 * `BclTakeImages` {words, table, shifts, places} → y `[B, H, W, C]`: reads images from packed bytes by their index, crops and flips
 * them, and looks up what their bytes become, one thread a pixel. Nothing is calculated but differences of what is looked up, so that y
 * is the same on every device. Places are trusted.
 */
export const takeImagesKernel: WebgpuKernel = {
  name: 'BclTakeImages',
  make: (backend) =>
    kernel<TakeImagesInputs, TakeImagesAttrs>(
      ({ words, table, shifts, places }, { shape: [height, width, channels], size }) => {
        const batch = places.shape[0] as number;
        const tensors = { words, table, ...(shifts && { shifts }), places };
        return backend.runWebGPUProgram(
          program([batch, ...size, channels], Object.keys(tensors)),
          Object.values(tensors),
          'float32',
          [integers(height), integers(width)],
        );
      },
    ),
};

function program(outputShape: number[], variableNames: string[]): WebgpuProgram {
  const shifted = variableNames.includes('shifts');
  const workgroup = 64;
  return {
    variableNames,
    outputShape,
    workgroupSize: [workgroup, 1, 1],
    dispatchLayout: { x: [0, 1, 2, 3] },
    dispatch: [Math.ceil(util.sizeFromShape(outputShape.slice(0, 3)) / workgroup), 1, 1],
    size: true,
    uniforms: 'height : i32, width : i32, ',
    shaderKey: `bclTakeImages_${shifted}`,
    getUserCode: () => `
      fn main(pixel : i32) {
        let channels = uniforms.outShape.w;
        let to = pixel * channels;
        if (to >= uniforms.size) {
          return;
        }
        let line = pixel / uniforms.outShape.z;
        let x = pixel - line * uniforms.outShape.z;
        let example = line / uniforms.outShape.y;
        let y = line - example * uniforms.outShape.y;
        let at = 8 * example;
        let shown = y >= places[at + 4] && y < places[at + 5] && x >= places[at + 6] && x < places[at + 7];
        if (!shown) {
          for (var channel = 0; channel < channels; channel = channel + 1) {
            setOutputAtIndex(to + channel, 0.0);
          }
          return;
        }
        let image = places[at];
        let row = places[at + 1] + y;
        let column = places[at + 2] + places[at + 3] * x;
        // All bytes together may be more than an i32 counts.
        let before = (u32(image) * u32(uniforms.height) + u32(row)) * u32(uniforms.width) + u32(column);
        var place = before * u32(channels);
        for (var channel = 0; channel < channels; channel = channel + 1) {
          let byte = (u32(words[place / 4u]) >> (8u * (place % 4u))) & 255u;
          let entry = 256 * channel + i32(byte);
          ${shifted ? shiftedCode : 'let value = f32(table[entry]);'}
          setOutputAtIndex(to + channel, value);
          place = place + 1u;
        }
      }
    `,
  };
}

const shiftedCode = `
          let own = 2 * channels * image + channel;
          let whole = f32(table[entry]) - f32(shifts[own]);
          let rest = f32(table[entry + 256 * channels]) - f32(shifts[own + channels]);
          let value = whole + rest;`;
