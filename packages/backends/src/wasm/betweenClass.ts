import { util } from '@tensorflow/tfjs-core';
import type { BetweenClassAttrs, BetweenClassInputs } from '../betweenClassKernel.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

/** Bytes of what `waveMoments` keeps of one example. */
const MOMENTS = 24;

/**
 * `BclBetweenClass` {x1, x2, ratio, partner} → y: mixes two batches of examples, float32, as `betweenClass` of `@bcl/mixing` says, in
 * one pass after that for the means and standard deviations. With `partner` the second batch, which may be the first, is
 * read where it lies. Indices are trusted.
 */
export const betweenClassKernels: WasmKernel[] = [
  {
    name: 'BclBetweenClass',
    make: (heap) =>
      kernel<BetweenClassInputs, BetweenClassAttrs>(
        ({ x1, x2, ratio, partner }, { zeroMean, keepEnergy, balance }) => {
          const y = heap.output(x1.shape);
          const [batch = 0] = x1.shape;
          const [batch2 = 0] = x2.shape;
          const count = util.sizeFromShape(x1.shape.slice(1));
          if (batch === 0 || count === 0) return y;
          const [from1, from2] = [heap.at(x1), heap.at(x2)];
          heap.scratch([batch * MOMENTS, batch2 * MOMENTS], (moments1, own) => {
            const moments2 = from1 === from2 ? moments1 : own;
            if (zeroMean || balance) {
              heap.kernels.waveMoments(from1, moments1, batch, count);
              if (moments2 === own) heap.kernels.waveMoments(from2, own, batch2, count);
            }
            heap.kernels.betweenClass(
              from1,
              from2,
              partner ? heap.at(partner) : 0,
              heap.at(ratio),
              moments1,
              moments2,
              heap.at(y),
              batch,
              count,
              zeroMean ? 1 : 0,
              keepEnergy ? 1 : 0,
              balance ? 1 : 0,
            );
          });
          return y;
        },
      ),
  },
];
