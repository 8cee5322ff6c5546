import type * as tf from '@tensorflow/tfjs-core';

/** A gradient of ours: the TensorFlow.js kernel that it is of, and what makes it of the one that was registered before. */
export interface KernelGradient {
  name: string;
  /** @param stock The gradient that goes on serving where ours does not. */
  make(stock: tf.GradFunc): tf.GradFunc;
  /** What it reads, where that is not what the one before reads. */
  saves?: Pick<tf.GradConfig, 'inputsToSave' | 'outputsToSave'>;
}
