import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BetweenClassAttrs, BetweenClassInputs } from '../betweenClassKernel.js';
import type { WebgpuBackend, WebgpuKernel, WebgpuProgram } from './webgpuKernel.js';

// A tensor that was cast from int32 still holds integers on this backend, so each value that is read goes through f32().

/** Threads that work on one example to find its moments; a power of two. */
const THREADS = 128;

/**
 * `BclBetweenClass` {x1, x2, ratio, partner} → y: mixes two batches of examples, float32, as `betweenClass` of `@bcl/mixing` says.
 * Two passes: each example's first value, mean and standard deviation by one workgroup, then the mix by one thread a value.
 * With `partner` the second batch, which may be the first, is read where it lies. Indices are trusted.
 */
export const betweenClassKernel: WebgpuKernel = {
  name: 'BclBetweenClass',
  make:
    (backend) =>
    ({ inputs, attrs }) => {
      const { x1, x2, ratio, partner } = inputs as unknown as BetweenClassInputs;
      const options = attrs as unknown as BetweenClassAttrs;
      const [rows1, rows2] = [asRows(x1), asRows(x2)];
      const needed = (options.zeroMean || options.balance) && util.sizeFromShape(x1.shape) > 0;
      const moments1 = needed ? moments(backend, rows1) : undefined;
      const moments2 = needed && x1.dataId !== x2.dataId ? moments(backend, rows2) : moments1;
      const column = { ...ratio, shape: [util.sizeFromShape(ratio.shape)] };
      const tensors = {
        x1: rows1,
        x2: rows2,
        ratio: column,
        ...(partner && { partner }),
        ...(moments1 && moments2 && { moments1, moments2 }),
      };
      const program = mixProgram(rows1.shape, Object.keys(tensors), options);
      const y = backend.runWebGPUProgram(program, Object.values(tensors), 'float32');
      for (const kept of new Set([moments1, moments2])) {
        if (kept) backend.disposeData(kept.dataId);
      }
      return { ...y, shape: x1.shape };
    },
};

/** The same values as rows, one example each. */
function asRows({ dataId, shape, dtype }: TensorInfo): TensorInfo & { shape: [number, number] } {
  return { dataId, shape: [shape[0] ?? 0, util.sizeFromShape(shape.slice(1))], dtype };
}

/** First value, mean of the others less that, and standard deviation of each row, `[B, 3]`. */
function moments(backend: WebgpuBackend, rows: TensorInfo): TensorInfo {
  return backend.runWebGPUProgram(momentsProgram(rows.shape[0] as number), [rows], 'float32');
}

function momentsProgram(batch: number): WebgpuProgram {
  return {
    variableNames: ['x'],
    outputShape: [batch, 3],
    workgroupSize: [THREADS, 1, 1],
    dispatchLayout: { x: [0, 1] },
    dispatch: [batch, 1, 1],
    shaderKey: 'bclWaveMoments',
    getUserCode: () => `
      var<workgroup> parts : array<f32, ${THREADS}>;

      // Sum over the threads of a workgroup; all of them must call it.
      fn total(part : f32) -> f32 {
        parts[localId.x] = part;
        workgroupBarrier();
        for (var half = ${THREADS / 2}u; half > 0u; half = half / 2u) {
          if (localId.x < half) {
            parts[localId.x] = parts[localId.x] + parts[localId.x + half];
          }
          workgroupBarrier();
        }
        let sum = parts[0];
        workgroupBarrier();
        return sum;
      }

      fn main(index : i32) {
        let example = index / ${THREADS};
        // Workgroups beyond the batch wait at the barriers with the others, over no values.
        let count = select(0, uniforms.xShape[1], example < uniforms.outShape[0]);
        let offset = example * uniforms.xShape[1];
        var first = 0.0;
        if (count > 0) {
          first = f32(x[offset]);
        }
        var sum = 0.0;
        for (var i = i32(localId.x); i < count; i = i + ${THREADS}) {
          sum = sum + (f32(x[offset + i]) - first);
        }
        let mean = total(sum) / f32(uniforms.xShape[1]);
        var squares = 0.0;
        for (var i = i32(localId.x); i < count; i = i + ${THREADS}) {
          let wave = f32(x[offset + i]) - first - mean;
          squares = squares + wave * wave;
        }
        let variance = total(squares) / f32(uniforms.xShape[1]);
        if (count > 0 && localId.x == 0u) {
          setOutputAtIndex(3 * example, first);
          setOutputAtIndex(3 * example + 1, mean);
          setOutputAtIndex(3 * example + 2, sqrt(variance));
        }
      }
    `,
  };
}

function mixProgram(
  outputShape: number[],
  variableNames: string[],
  { zeroMean, keepEnergy, balance }: BetweenClassAttrs,
): WebgpuProgram {
  const inStep = !variableNames.includes('partner');
  const workgroup = 64;
  const wave = (i: 1 | 2, example: string) =>
    zeroMean
      ? `(f32(x${i}[at${i}]) - moments${i}[3 * ${example}] - moments${i}[3 * ${example} + 1])`
      : `f32(x${i}[at${i}])`;
  return {
    variableNames,
    outputShape,
    workgroupSize: [workgroup, 1, 1],
    dispatchLayout: { x: [0, 1] },
    dispatch: [Math.ceil(util.sizeFromShape(outputShape) / workgroup), 1, 1],
    size: true,
    shaderKey: `bclBetweenClass_${zeroMean}_${keepEnergy}_${balance}_${inStep}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index >= uniforms.size) {
          return;
        }
        let count = uniforms.outShape[1];
        let example = index / count;
        let second = ${inStep ? 'example' : 'partner[example]'};
        var p = f32(ratio[example]);
        var q = 1.0 - p;
        ${balance ? balanceCode : ''}
        ${keepEnergy ? 'let norm = sqrt(p * p + q * q); p = p / norm; q = q / norm;' : ''}
        let at1 = index;
        let at2 = second * count + (index - example * count);
        setOutputAtIndex(index, p * ${wave(1, 'example')} + q * ${wave(2, 'second')});
      }
    `,
  };
}

/** p and q from r and both standard deviations; 0/0 is r. */
const balanceCode = `
        let spread1 = moments1[3 * example + 2];
        let spread2 = moments2[3 * second + 2];
        let larger = max(spread1, spread2);
        let unit = select(larger, 1.0, larger == 0.0);
        let part1 = p * (spread2 / unit);
        let part2 = q * (spread1 / unit);
        let whole = part1 + part2;
        if (whole != 0.0) {
          p = part1 / whole;
          q = part2 / whole;
        }`;
