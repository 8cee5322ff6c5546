import type * as tf from '@tensorflow/tfjs-core';

/** One number for the batch, or one for each row. */
export type Reduction = 'mean' | 'none';

export interface LossOptions<R extends Reduction = Reduction> {
  /** Default `'mean'`, over the rows. */
  readonly reduction?: R;
}

/**
 * A loss of label rows and logits, both `[B, K]`: its mean over the rows, a scalar, or the loss of
 * each row, `[B]`. `model.compile({ loss })` takes it as it is.
 */
export interface Loss {
  (yTrue: tf.Tensor, logits: tf.Tensor, options?: LossOptions<'mean'>): tf.Scalar;
  (yTrue: tf.Tensor, logits: tf.Tensor, options: LossOptions<'none'>): tf.Tensor1D;
}

/** All that is needed to make a loss again; plain JSON. */
export type LossConfig =
  | { readonly name: 'klDivergence' | 'softmaxCrossEntropy' | 'sigmoidCrossEntropy' }
  | { readonly name: 'focal'; readonly gamma: number }
  | { readonly name: 'labelSmoothing'; readonly epsilon: number; readonly loss: LossConfig }
  | {
      readonly name: 'classBalanced';
      readonly weights: readonly number[];
      readonly loss: LossConfig;
    };

/** A loss that was made with settings. */
export interface ConfiguredLoss extends Loss {
  /** For `lossFromConfig`; null when a loss of your own is inside. */
  readonly config: LossConfig | null;
}
