import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type ChannelSums, channelSums, joined } from './channelSums.js';
import { pointwise } from './pointwise.js';
import { kernel, type WebgpuBackend, type WebgpuKernel } from './webgpuKernel.js';

type Tensors<Names extends string> = Record<Names, TensorInfo>;

/**
 * Batch normalisation over all axes but the last, as `wasm/batchNorm.ts` has it:
 *
 * - `BclBatchNorm` {x, gamma, beta} → [y, mean, variance]: with the batch's own (biased) statistics, `relu` on demand.
 * - `BclBatchNormGrad` {x, dy, gamma, beta, mean, variance} → [dx, dgamma, dbeta]: its gradient, statistics included.
 * - `BclFusedBatchNormGrad` {x, dy, mean, variance, scale} → [dx, dmean, dvariance, dscale, doffset]: the gradient of
 *   TensorFlow.js's own `FusedBatchNorm`, whose statistics are inputs.
 */
export const batchNormKernels: WebgpuKernel[] = [
  {
    name: 'BclBatchNorm',
    make: (backend) =>
      kernel<Tensors<'x' | 'gamma' | 'beta'>, { epsilon: number; relu: boolean }>(
        ({ x, gamma, beta }, { epsilon, relu }) => {
          const { rows, channels } = flatten(x);
          if (rows * channels === 0) {
            const none = (): TensorInfo =>
              backend.makeTensorInfo([channels], 'float32', new Float32Array(channels).fill(NaN));
            const y = backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0));
            return [y, none(), none()];
          }
          const sums = channelSums(backend, {
            ...{ name: 'moments', inputs: { x }, rows, channels, epsilon },
            code: momentsCode,
          });
          const [mean, variance] = [
            joined(backend, { name: 'mean', sums, join: joinMoments, value: 'all.y' }),
            joined(backend, { name: 'variance', sums, join: joinMoments, value: 'all.z / all.x' }),
          ] as const;
          backend.disposeData(sums.dataId);
          const y = pointwise(backend, {
            name: `normalize_${relu}`,
            inputs: { x, gamma, beta, mean, variance },
            shape: x.shape,
            numbers: { epsilon },
            integers: { channels },
            functions: affineCode,
            code: `
              let channel = index % uniforms.channels;
              value = normal(f32(x[index]), channel);
              ${relu ? 'value = select(value, 0.0, value < 0.0);' : ''}
            `,
          });
          return [y, mean, variance];
        },
      ),
  },
  {
    name: 'BclBatchNormGrad',
    make: (backend) =>
      kernel<
        Tensors<'x' | 'dy' | 'gamma' | 'beta' | 'mean' | 'variance'>,
        { epsilon: number; relu: boolean }
      >(({ x, dy, gamma, beta, mean, variance }, { epsilon, relu }) => {
        const { rows, channels } = flatten(x);
        const inputs = { x, dy, gamma, beta, mean, variance };
        const sums = gradientSums(backend, inputs, { rows, channels, epsilon }, relu);
        const per = { sums, join: joinSums, numbers: { epsilon } };
        const dbeta = joined(backend, { ...per, name: 'sum', value: 'all.x' });
        const dgamma = joined(backend, {
          ...per,
          name: 'sumOfNormal',
          inputs: { variance },
          value: 'all.y / sqrt(f32(variance[index]) + uniforms.epsilon)',
        });
        backend.disposeData(sums.dataId);
        // Shaders may read eight buffers: what dx takes of a channel goes into one.
        const perChannel = pointwise(backend, {
          name: 'normalizeGradientTable',
          inputs: { gamma, beta, mean, variance, dgamma, dbeta },
          shape: [channels, 5],
          numbers: { epsilon, rows },
          code: `
            let channel = index / 5;
            let deviation = sqrt(f32(variance[channel]) + uniforms.epsilon);
            switch (index % 5) {
              case 0: { value = f32(mean[channel]); }
              case 1: { value = f32(gamma[channel]) / deviation; }
              case 2: { value = f32(beta[channel]); }
              case 3: { value = dbeta[channel] / uniforms.rows; }
              default: { value = dgamma[channel] / deviation / uniforms.rows; }
            }
          `,
        });
        const dx = pointwise(backend, {
          name: `normalizeGradient_${relu}`,
          inputs: { x, dy, perChannel },
          shape: x.shape,
          integers: { channels },
          code: `
            let at = (index % uniforms.channels) * 5;
            let off = f32(x[index]) - perChannel[at];
            let slope = perChannel[at + 1];
            ${relu ? 'let closed = off * slope + perChannel[at + 2] <= 0.0;' : 'let closed = false;'}
            let open = select(f32(dy[index]), 0.0, closed);
            value = slope * (open - perChannel[at + 3] - off * perChannel[at + 4]);
          `,
        });
        backend.disposeData(perChannel.dataId);
        return [dx, dgamma, dbeta];
      }),
  },
  {
    name: 'BclFusedBatchNormGrad',
    make: (backend) =>
      kernel<Tensors<'x' | 'dy' | 'mean' | 'variance' | 'scale'>, { epsilon: number }>(
        ({ x, dy, mean, variance, scale }, { epsilon }) => {
          const { rows, channels } = flatten(x);
          const sums = gradientSums(backend, { x, dy, mean }, { rows, channels, epsilon }, false);
          const per = { sums, join: joinSums, numbers: { epsilon } };
          const inverse = 'inverseSqrt(f32(variance[index]) + uniforms.epsilon)';
          const all = { variance, scale };
          const results = [
            joined(backend, {
              ...per,
              name: 'ofMean',
              inputs: all,
              value: `-f32(scale[index]) * ${inverse} * all.x`,
            }),
            joined(backend, {
              ...per,
              name: 'ofVariance',
              inputs: all,
              value: `-0.5 * f32(scale[index]) * ${inverse} * ${inverse} * ${inverse} * all.y`,
            }),
            joined(backend, {
              ...per,
              name: 'ofScale',
              inputs: { variance },
              value: `${inverse} * all.y`,
            }),
            joined(backend, { ...per, name: 'sum', value: 'all.x' }),
          ];
          backend.disposeData(sums.dataId);
          const dx = pointwise(backend, {
            name: 'scaleGradient',
            inputs: { dy, ...all },
            shape: x.shape,
            numbers: { epsilon },
            integers: { channels },
            code: `
              let channel = index % uniforms.channels;
              let deviation = sqrt(f32(variance[channel]) + uniforms.epsilon);
              value = f32(dy[index]) * f32(scale[channel]) / deviation;
            `,
          });
          return [dx, ...results];
        },
      ),
  },
];

/** Sums of the gradient that reaches the normalised values, and of that times their distance from the mean. */
function gradientSums(
  backend: WebgpuBackend,
  inputs: ChannelSums['inputs'],
  over: Pick<ChannelSums, 'rows' | 'channels' | 'epsilon'>,
  relu: boolean,
): TensorInfo {
  if (over.rows * over.channels === 0) {
    return backend.makeTensorInfo(
      [1, over.channels, 3],
      'float32',
      new Float32Array(3 * over.channels),
    );
  }
  const reads = relu ? inputs : { x: inputs.x, dy: inputs.dy, mean: inputs.mean };
  return channelSums(backend, {
    ...over,
    name: `gradientSums_${relu}`,
    inputs: reads as ChannelSums['inputs'],
    code: `
      ${relu ? affineCode : ''}
      ${openCode(relu)}
      fn take(sums : vec3<f32>, at : i32, channel : i32, nth : i32) -> vec3<f32> {
        let gradient = open(at, channel);
        return sums + vec3<f32>(gradient, gradient * (f32(x[at]) - f32(mean[channel])), 0.0);
      }
      fn close(sums : vec3<f32>, count : i32) -> vec3<f32> {
        return sums;
      }
      ${joinSums}
    `,
  });
}

const joinSums = `
  fn join(a : vec3<f32>, b : vec3<f32>) -> vec3<f32> {
    return a + b;
  }
`;

/** Moments of two parts, (count, mean, sum of squares about it): Chan, Golub, LeVeque 1983. */
const joinMoments = `
  fn join(a : vec3<f32>, b : vec3<f32>) -> vec3<f32> {
    if (b.x == 0.0) {
      return a;
    }
    let count = a.x + b.x;
    let apart = b.y - a.y;
    let share = b.x / count;
    return vec3<f32>(count, a.y + apart * share, a.z + b.z + apart * apart * a.x * share);
  }
`;

// While a thread takes values its sums are (first value, sum and sum of squares of the others less that): small numbers far from zero too.
const momentsCode = `
  fn take(sums : vec3<f32>, at : i32, channel : i32, nth : i32) -> vec3<f32> {
    let value = f32(x[at]);
    if (nth == 0) {
      return vec3<f32>(value, 0.0, 0.0);
    }
    let off = value - sums.x;
    return vec3<f32>(sums.x, sums.y + off, sums.z + off * off);
  }
  fn close(sums : vec3<f32>, count : i32) -> vec3<f32> {
    let number = f32(count);
    let mean = sums.y / number;
    return vec3<f32>(number, sums.x + mean, max(0.0, sums.z - sums.y * mean));
  }
  ${joinMoments}
`;

const affineCode = `
  fn normal(value : f32, channel : i32) -> f32 {
    let slope = f32(gamma[channel]) / sqrt(f32(variance[channel]) + uniforms.epsilon);
    return (value - f32(mean[channel])) * slope + f32(beta[channel]);
  }
`;

/** The gradient as far as the ReLU lets it through. */
function openCode(relu: boolean): string {
  return `
    fn open(at : i32, channel : i32) -> f32 {
      ${relu ? 'if (normal(f32(x[at]), channel) <= 0.0) { return 0.0; }' : ''}
      return f32(dy[at]);
    }
  `;
}

function flatten(x: TensorInfo): { rows: number; channels: number } {
  const channels = x.shape.at(-1) ?? 1;
  return { rows: channels && util.sizeFromShape(x.shape) / channels, channels };
}
