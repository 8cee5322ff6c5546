import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What `BclSgd` is given; `v` is not read at the first step. */
export interface SgdInputs {
  w: TensorInfo;
  g: TensorInfo;
  v?: TensorInfo;
}

export interface SgdAttrs {
  learningRate: number;
  momentum: number;
  weightDecay: number;
  nesterov: boolean;
  first: boolean;
  /** Whether the results may take the place of the operands that only the caller holds; backends that cannot write there do not. */
  inPlace?: boolean;
}

/** What `BclAdam` is given; `m` and `v` are not read at the first step. */
export interface AdamInputs {
  w: TensorInfo;
  g: TensorInfo;
  m?: TensorInfo;
  v?: TensorInfo;
}

export interface AdamAttrs {
  rate: number;
  scale: number;
  kept: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  first: boolean;
  /** Whether the results may take the place of the operands that only the caller holds; backends that cannot write there do not. */
  inPlace?: boolean;
}
