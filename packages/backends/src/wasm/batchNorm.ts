import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

type Tensors<Names extends string> = Record<Names, tf.TensorInfo>;

/**
 * Batch normalisation over all axes but the last.
 *
 * - `BclBatchNorm` {x, gamma, beta} → [y, mean, variance]: with the batch's own (biased) statistics, `relu` on demand.
 * - `BclBatchNormGrad` {x, dy, gamma, beta, mean, variance} → [dx, dgamma, dbeta]: its gradient, statistics included.
 * - `BclFusedBatchNormGrad` {x, dy, mean, variance, scale} → [dx, dmean, dvariance, dscale, doffset]: the gradient of
 *   TensorFlow.js's own `FusedBatchNorm`, whose statistics are inputs.
 */
export const batchNormKernels: WasmKernel[] = [
  {
    name: 'BclBatchNorm',
    make: (heap) =>
      kernel<Tensors<'x' | 'gamma' | 'beta'>, { epsilon: number; relu: boolean }>(
        ({ x, gamma, beta }, { epsilon, relu }) => {
          const { rows, channels } = flatten(x);
          const mean = heap.output([channels]);
          const variance = heap.output([channels]);
          const y = heap.output(x.shape);
          const vector = channels * 4;
          heap.scratch([channels * 16, vector, vector, vector], (sums, scale, shift, pivot) => {
            const pivots = heap.f32(pivot, channels);
            writeMedians(pivots, heap.f32(heap.at(x), rows * channels), rows);
            heap.kernels.channelMoments(heap.at(x), pivot, sums, rows, channels);
            const totals = heap.f64(sums, 2 * channels);
            const means = heap.f32(heap.at(mean), channels);
            const variances = heap.f32(heap.at(variance), channels);
            for (let c = 0; c < channels; c++) {
              const offset = at(totals, c) / rows;
              means[c] = at(pivots, c) + offset;
              variances[c] = Math.max(0, at(totals, channels + c) / rows - offset * offset);
            }
            writeAffine(heap, { mean, variance, gamma, beta }, epsilon, scale, shift, channels);
            heap.kernels.channelAffine(
              heap.at(x),
              scale,
              shift,
              heap.at(y),
              rows,
              channels,
              relu ? 1 : 0,
            );
          });
          return [y, mean, variance];
        },
      ),
  },
  {
    name: 'BclBatchNormGrad',
    make: (heap) =>
      kernel<
        Tensors<'x' | 'dy' | 'gamma' | 'beta' | 'mean' | 'variance'>,
        { epsilon: number; relu: boolean }
      >(({ x, dy, gamma, beta, mean, variance }, { epsilon, relu }) => {
        const { rows, channels } = flatten(x);
        const dx = heap.output(x.shape);
        const dgamma = heap.output([channels]);
        const dbeta = heap.output([channels]);
        const flag = relu ? 1 : 0;
        const vector = channels * 4;
        heap.scratch(
          [channels * 16, vector, vector, vector, vector, vector],
          (sums, scale, shift, a, b, c) => {
            writeAffine(heap, { mean, variance, gamma, beta }, epsilon, scale, shift, channels);
            heap.kernels.channelGradientSums(
              heap.at(x),
              heap.at(dy),
              heap.at(mean),
              scale,
              shift,
              sums,
              rows,
              channels,
              flag,
            );
            const totals = heap.f64(sums, 2 * channels);
            const [as, bs, cs] = [a, b, c].map((p) => heap.f32(p, channels)) as Vectors;
            const gammas = heap.f32(heap.at(gamma), channels);
            const means = heap.f32(heap.at(mean), channels);
            const variances = heap.f32(heap.at(variance), channels);
            const dgammas = heap.f32(heap.at(dgamma), channels);
            const dbetas = heap.f32(heap.at(dbeta), channels);
            for (let i = 0; i < channels; i++) {
              const inverse = 1 / Math.sqrt(at(variances, i) + epsilon);
              const sum = at(totals, i);
              const product = at(totals, channels + i) * inverse;
              dbetas[i] = sum;
              dgammas[i] = product;
              const slope = at(gammas, i) * inverse;
              const tilt = (-slope * inverse * product) / rows;
              as[i] = slope;
              bs[i] = tilt;
              cs[i] = (-slope * sum) / rows - tilt * at(means, i);
            }
            heap.kernels.channelGradient(
              heap.at(x),
              heap.at(dy),
              scale,
              shift,
              a,
              b,
              c,
              heap.at(dx),
              rows,
              channels,
              flag,
            );
          },
        );
        return [dx, dgamma, dbeta];
      }),
  },
  {
    name: 'BclFusedBatchNormGrad',
    make: (heap) =>
      kernel<Tensors<'x' | 'dy' | 'mean' | 'variance' | 'scale'>, { epsilon: number }>(
        ({ x, dy, mean, variance, scale }, { epsilon }) => {
          const { rows, channels } = flatten(x);
          const dx = heap.output(x.shape);
          const [dmean, dvariance, dscale, doffset] = [0, 0, 0, 0].map(() =>
            heap.output([channels]),
          ) as Outputs;
          const vector = channels * 4;
          heap.scratch([channels * 16, vector, vector], (sums, slope, zero) => {
            heap.fill(zero, vector, 0);
            heap.kernels.channelGradientSums(
              heap.at(x),
              heap.at(dy),
              heap.at(mean),
              zero,
              zero,
              sums,
              rows,
              channels,
              0,
            );
            const totals = heap.f64(sums, 2 * channels);
            const slopes = heap.f32(slope, channels);
            const scales = heap.f32(heap.at(scale), channels);
            const variances = heap.f32(heap.at(variance), channels);
            const dmeans = heap.f32(heap.at(dmean), channels);
            const dvariances = heap.f32(heap.at(dvariance), channels);
            const dscales = heap.f32(heap.at(dscale), channels);
            const doffsets = heap.f32(heap.at(doffset), channels);
            for (let i = 0; i < channels; i++) {
              const inverse = 1 / Math.sqrt(at(variances, i) + epsilon);
              const sum = at(totals, i);
              const product = at(totals, channels + i);
              slopes[i] = at(scales, i) * inverse;
              doffsets[i] = sum;
              dscales[i] = product * inverse;
              dmeans[i] = -at(scales, i) * inverse * sum;
              dvariances[i] = -0.5 * at(scales, i) * inverse ** 3 * product;
            }
            heap.kernels.channelGradient(
              heap.at(x),
              heap.at(dy),
              zero,
              zero,
              slope,
              zero,
              zero,
              heap.at(dx),
              rows,
              channels,
              0,
            );
          });
          return [dx, dmean, dvariance, dscale, doffset];
        },
      ),
  },
];

type Vectors = [Float32Array, Float32Array, Float32Array];
type Outputs = [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];

/** Rows whose median serves as a channel's pivot: near its mean, whatever a few stray values are. */
const PIVOT_ROWS = 9;

/** Writes the median of each channel over rows spread evenly over the batch. */
function writeMedians(medians: Float32Array, x: Float32Array, rows: number): void {
  const count = Math.min(PIVOT_ROWS, rows);
  const sample = new Float32Array(count);
  for (let c = 0; c < medians.length; c++) {
    for (let i = 0; i < count; i++) {
      sample[i] = at(x, Math.floor((i * rows) / count) * medians.length + c);
    }
    medians[c] = at(sample.sort(), count >> 1);
  }
}

/** Writes the scale and shift that normalise: gamma / σ and beta − mean · gamma / σ. */
function writeAffine(
  heap: Heap,
  t: Tensors<'mean' | 'variance' | 'gamma' | 'beta'>,
  epsilon: number,
  scale: number,
  shift: number,
  channels: number,
): void {
  const scales = heap.f32(scale, channels);
  const shifts = heap.f32(shift, channels);
  const means = heap.f32(heap.at(t.mean), channels);
  const variances = heap.f32(heap.at(t.variance), channels);
  const gammas = heap.f32(heap.at(t.gamma), channels);
  const betas = heap.f32(heap.at(t.beta), channels);
  for (let c = 0; c < channels; c++) {
    scales[c] = at(gammas, c) / Math.sqrt(at(variances, c) + epsilon);
    shifts[c] = at(betas, c) - at(means, c) * at(scales, c);
  }
}

function flatten(x: tf.TensorInfo): { rows: number; channels: number } {
  const channels = x.shape.at(-1) ?? 1;
  return { rows: tf.util.sizeFromShape(x.shape) / channels, channels };
}

function at(values: Float32Array | Float64Array, i: number): number {
  return values[i] as number;
}
