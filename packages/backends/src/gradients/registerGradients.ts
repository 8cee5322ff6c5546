import * as tf from '@tensorflow/tfjs-core';
import { batchNormGradient } from './batchNormGradient.js';
import { dilatedGradients } from './dilatedGradients.js';
import type { KernelGradient } from './KernelGradient.js';
import { meanGradient } from './meanGradient.js';
import { reluGradient } from './reluGradient.js';

const gradients: readonly KernelGradient[] = [
  batchNormGradient,
  ...dilatedGradients,
  meanGradient,
  reluGradient,
];
const ours = new Map<string, tf.GradConfig>();

/**
 * Registers our gradients over those of TensorFlow.js, as far as those are registered by now. They are registered for all backends at
 * once: each of ours chooses at run time. Calling it again does nothing.
 */
export function registerGradients(): void {
  for (const { name, make, saves } of gradients) {
    const stock = tf.getGradient(name);
    if (!stock || stock === ours.get(name)) continue;
    const config = { ...stock, ...saves, gradFunc: make(stock.gradFunc) };
    ours.set(name, config);
    tf.unregisterGradient(name);
    tf.registerGradient(config);
  }
}
