import { util } from '@tensorflow/tfjs-core';
import { kernel, type WasmKernel } from './wasmKernel.js';

interface RandomWeightsAttrs {
  shape: number[];
  key: readonly [number, number];
  distribution: 'normal' | 'uniform';
  scale: number;
  quantiles: Float64Array;
}

/** `BclRandomWeights` {} → a tensor of random numbers, written where they stay; for the networks of `@bcl/models`. */
export const randomWeightsKernels: WasmKernel[] = [
  {
    name: 'BclRandomWeights',
    make: (heap) =>
      kernel<object, RandomWeightsAttrs>(
        (_, { shape, key: [a, b], distribution, scale, quantiles }) => {
          const weights = heap.output(shape);
          const to = heap.at(weights);
          const count = util.sizeFromShape(shape);
          if (distribution === 'uniform') {
            heap.kernels.randomUniform(to, count, a, b, scale);
            return weights;
          }
          heap.scratch([quantiles.length * 8], (table) => {
            heap.f64(table, quantiles.length).set(quantiles);
            heap.kernels.randomNormal(to, count, a, b, table, scale);
          });
          return weights;
        },
      ),
  },
];
