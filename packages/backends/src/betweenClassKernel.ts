import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What the kernel `BclBetweenClass` is given, on every backend that has it. */
export interface BetweenClassInputs {
  x1: TensorInfo;
  x2: TensorInfo;
  /** r, `[B]` or `[B, 1]`. */
  ratio: TensorInfo;
  /** Index among x2 for each of x1, `[B]` int32; without it they go in step. */
  partner?: TensorInfo;
}

/** The settings of `betweenClass` of `@bcl/mixing`. */
export interface BetweenClassAttrs {
  zeroMean: boolean;
  keepEnergy: boolean;
  balance: boolean;
}
